import { cut } from '../../../domain/shown.ts';
import type { Behaviour } from '../deviations.ts';
import type { Match } from '../hook.ts';
import { obtain } from '../obtain.ts';
import type { ReadRequest } from '../request/request.ts';
import { encodeText } from '../request/utf8.ts';
import { answered, failed, type Judgement } from './judgement.ts';
import { isHidden, label, patternText, quote } from './label.ts';
import { patternOf } from './pattern.ts';
import { judgeProvider } from './provider/judge-provider.ts';
import { providers } from './provider/providers.ts';
import { placeOf, sameBytes } from './same-bytes.ts';
import { judgeScalr } from './scalr.ts';
import { type Hash, judgeSignature } from './signature.ts';
import { judgeAddress } from './whitelist.ts';

/** The types of a match that compare a signature, with the hash they use; `payload-hash-…` are old names. */
export const signatureTypes: ReadonlyMap<string, Hash> = new Map([
  ['payload-hmac-sha1', 'sha1'],
  ['payload-hmac-sha256', 'sha256'],
  ['payload-hmac-sha512', 'sha512'],
  ['payload-hash-sha1', 'sha1'],
  ['payload-hash-sha256', 'sha256'],
  ['payload-hash-sha512', 'sha512'],
]);

/** Every type that a match may have. */
export const matchTypes: readonly string[] = [
  'value',
  'regex',
  ...signatureTypes.keys(),
  'ip-whitelist',
  'scalr-signature',
  ...providers.keys(),
];

/** Asks one match. Never throws. */
export function judgeMatch(behaviour: Behaviour, match: Match, request: ReadRequest): Judgement {
  if (match.type === 'ip-whitelist') return judgeAddress(behaviour, match, request);
  const provider = behaviour.has('extraProperties') ? providers.get(match.type) : undefined;
  if (provider !== undefined) return judgeProvider(provider, match.secrets, request);
  if (match.type === 'scalr-signature') return judgeScalr(match.secrets, request);
  const what = label(match.parameter);
  const obtained = obtain(match.parameter, request);
  if (obtained.result === 'missing') return failed('missing', `${what} ${obtained.reason}`);
  if (obtained.result === 'broken') return failed('other', `${what}: ${obtained.reason}`);
  const { text } = obtained;
  const seen = isHidden(match) ? null : cut(text.toWellFormed(), 200);
  const hash = signatureTypes.get(match.type);
  if (hash !== undefined) return judgeSignature(hash, match, text, request);
  switch (match.type) {
    case 'value':
      return judgeValue(match, text, seen);
    case 'regex':
      return judgePattern(behaviour, match, text, seen);
    default:
      return answered(
        false,
        match.type === ''
          ? `the match of ${what} has no type, so it never holds`
          : `there is no match of type ${quote(match.type)}, so it never holds`,
        seen,
      );
  }
}

function judgeValue({ parameter, values }: Match, text: string, seen: string | null): Judgement {
  const what = label(parameter);
  const given = encodeText(text);
  const place = placeOf(values, value => sameBytes(given, Buffer.from(value)));
  const same = place !== null;
  if (values.length === 1) {
    const wanted = seen === null ? 'the value that is wanted' : quote(values.join());
    if (same) return answered(true, `${what} is ${wanted}`, seen);
    return answered(false, `${what} is ${seen === null ? '' : `${quote(seen)}, `}not ${wanted}`, seen);
  }
  const shown = seen === null ? '' : ` ${quote(seen)}`;
  const of = same ? `value ${place} of ${values.length}` : `none of ${values.length} values`;
  return answered(same, `${what}${shown} is ${of}`, seen);
}

/** About a second. Nobody else is served meanwhile, and whoever sends a request says how long a text is. */
const mostSteps = 20_000_000;

function judgePattern(behaviour: Behaviour, match: Match, text: string, seen: string | null): Judgement {
  const what = label(match.parameter);
  const pattern = patternOf(match);
  if (pattern.result === 'broken')
    return failed('other', `the pattern for ${what} cannot be read: ${cut(pattern.reason)}`, seen);
  if (behaviour.has('limitRequests') && pattern.steps(text) > mostSteps)
    return failed('other', `${what} is too long for ${patternText(match)}`, seen);
  const holds = pattern.matches(text.toWellFormed());
  return answered(
    holds,
    `${what}${seen === null ? '' : ` ${quote(seen)}`} ${holds ? 'matches' : 'does not match'} ${patternText(match)}`,
    seen,
  );
}
