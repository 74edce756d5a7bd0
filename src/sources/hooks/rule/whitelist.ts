import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import { contains, rangeWords, readAddress, readRange } from './address-range.ts';
import { answered, failed, type Judgement } from './judgement.ts';

/** Whether the sender's address is in one of the ranges; a malformed one matters only when it is reached. */
export function judgeAddress(behaviour: Behaviour, ranges: string, peer: string): Judgement {
  const colon = peer.lastIndexOf(':');
  const host = (colon === -1 ? peer : peer.slice(0, colon)).replace(/^[ [\]]+|[ [\]]+$/g, '');
  const address = readAddress(host);
  if (address === null) return failed('other', `the sender "${peer}" has no address to compare`, peer);
  const words = rangeWords(ranges);
  for (const word of words) {
    const range = readRange(behaviour, word);
    if (range === null) return failed('other', `"${cut(word)}" is no address range`, host);
    if (contains(range, address))
      return answered(true, `the sender's address ${host} is in ${cut(word)}`, host);
  }
  return answered(
    false,
    words.length === 0
      ? 'the list of address ranges is empty'
      : `the sender's address ${host} is in none of ${cut(words.join(', '))}`,
    host,
  );
}
