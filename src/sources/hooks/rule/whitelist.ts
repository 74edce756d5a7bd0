import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import type { Match } from '../hook.ts';
import type { ReadRequest } from '../request/request.ts';
import { contains, rangeWords, readAddress, readRange } from './address-range.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { senderOf } from './sender.ts';

/** Whether the sender's address is in one of the ranges; a malformed one matters only when it is reached. */
export function judgeAddress(
  behaviour: Behaviour,
  { ipRange, trustedProxies }: Pick<Match, 'ipRange' | 'trustedProxies'>,
  request: Pick<ReadRequest, 'peer' | 'fields'>,
): Judgement {
  const sender = senderOf(trustedProxies, request);
  if (sender.result === 'unknown') return failed('other', sender.reason, request.peer);
  const { host, how } = sender;
  const address = readAddress(host);
  if (address === null)
    return failed('other', `the sender "${request.peer}" has no address to compare`, request.peer);
  const words = rangeWords(ipRange);
  for (const word of words) {
    const range = readRange(behaviour, word);
    if (range === null) return failed('other', `"${cut(word)}" is no address range`, host);
    if (contains(range, address))
      return answered(true, `the sender's address ${host}${how} is in ${cut(word)}`, host);
  }
  return answered(
    false,
    words.length === 0
      ? 'the list of address ranges is empty'
      : `the sender's address ${host}${how} is in none of ${cut(words.join(', '))}`,
    host,
  );
}
