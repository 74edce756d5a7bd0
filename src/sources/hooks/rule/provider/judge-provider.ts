import type { Explanation } from '../../../../domain/explanation.ts';
import type { ReadRequest } from '../../request/request.ts';
import { answered, failed, type Judgement } from '../judgement.ts';
import type { Claim, Provider } from './provider.ts';

/** How far a sender's clock may be off, either way; what is older may have been kept to be sent again. */
const toleranceS = 300;

/** Asks whether a provider sent a request; all that was compared is a part of the explanation. Never throws. */
export function judgeProvider(
  provider: Provider,
  secrets: readonly string[],
  request: Pick<ReadRequest, 'fields' | 'signed' | 'receivedAt'>,
): Judgement {
  const { name } = provider;
  const keys = secrets.flatMap(secret => provider.key(secret) ?? []);
  if (keys.length === 0) return failed('other', `the secret for ${name} is not ${provider.secret}`);
  const claim = provider.claim(request);
  if (claim.result === 'none')
    return failed('unproven', `nothing proves that ${name} sent it: ${claim.reason}`);
  const comparisons = keys.map((key, n) =>
    compared(claim, key, keys.length === 1 ? '' : `secret ${n + 1} of ${keys.length}: `),
  );
  const place = comparisons.findIndex(({ holds }) => holds) + 1;
  const time = timeOf(claim, request);
  const parts = [...comparisons, ...(time === null ? [] : [time])];
  if (place === 0)
    return failed(
      'unproven',
      `${name} did not send it: header "${claim.header}" is not ${claim.is}${keys.length === 1 ? '' : ` with any of ${keys.length} secrets`}`,
      null,
      parts,
    );
  if (time?.holds === false) return failed('unproven', time.text, null, parts);
  return answered(
    true,
    `${name} sent it${keys.length === 1 ? '' : ` (secret ${place} of ${keys.length})`}`,
    null,
    parts,
  );
}

type Claimed = Extract<Claim, { result: 'claim' }>;

function compared({ header, is, compare }: Claimed, key: Buffer, which: string): Explanation {
  const { fits, told } = compare(key);
  return leaf(fits, `${which}header "${header}" is ${fits ? '' : 'not '}${is}${told}`);
}

function timeOf({ signedAt }: Claimed, { receivedAt }: Pick<ReadRequest, 'receivedAt'>): Explanation | null {
  if (signedAt === null) return null;
  const offS = Math.round(Math.abs(receivedAt / 1000 - signedAt.seconds));
  const holds = offS <= toleranceS;
  return leaf(
    holds,
    `the time in header "${signedAt.header}" is ${offS} s off; at most ${toleranceS} s are allowed`,
    signedAt.seconds,
  );
}

const leaf = (holds: boolean, text: string, seen: number | null = null): Explanation => ({
  holds,
  text,
  seen,
  error: false,
  parts: [],
});
