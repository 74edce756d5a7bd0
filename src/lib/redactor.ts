import { createNeedleSearch, type NeedleSearch } from './needle-search.ts';
import { needlesOf } from './needles.ts';

/** Masks secrets in one stream of bytes, however it is cut into pieces. */
export interface Redactor {
  /**
   * What of the stream can be told by now: only an end that may be the beginning of a secret waits for the next piece.
   * The result may share the memory of `bytes`.
   */
  mask(bytes: Uint8Array): Uint8Array;
  /** The rest; the stream is over. */
  end(): Uint8Array;
}

const nothing = new Uint8Array();
const stars = Buffer.from('***');

/** Each secret, and each run of secrets that overlap, becomes `***`. See `needlesOf` for what is recognised. */
export function createRedactor(secrets: readonly string[]): Redactor {
  const search = searchFor(secrets);
  if (search === undefined) return { mask: bytes => bytes, end: () => nothing };
  /** The end of the stream so far that was not told. */
  let kept: Uint8Array = nothing;
  /** How many of its bytes belong to a secret for which `***` was told already. */
  let masked = 0;

  /** Tells what comes before `end` and keeps the rest. */
  function tell(bytes: Uint8Array, end: number): Uint8Array {
    const pieces: Uint8Array[] = [];
    let told = masked;
    search?.each(bytes, (from, to) => {
      // What is kept will be looked at again.
      if (from >= end) return;
      if (from >= told) pieces.push(bytes.subarray(told, from), stars);
      told = Math.max(told, to);
    });
    if (told < end) pieces.push(bytes.subarray(told, end));
    masked = Math.max(0, told - end);
    kept = end < bytes.length ? Buffer.from(bytes.subarray(end)) : nothing;
    const [only = nothing, ...others] = pieces;
    return others.length === 0 ? only : Buffer.concat(pieces);
  }

  return {
    mask(bytes) {
      const whole = kept.length === 0 ? bytes : Buffer.concat([kept, bytes]);
      return tell(whole, search.openEnd(whole));
    },
    end: () => tell(kept, kept.length),
  };
}

/** Masks every secret in texts, for messages that leave the house. Made once, used often: making it costs the most. */
export function createTextRedactor(secrets: readonly string[]): (text: string) => string {
  const redactor = createRedactor(secrets);
  return text => {
    const bytes = Buffer.from(text);
    return Buffer.concat([redactor.mask(bytes), redactor.end()]).toString();
  };
}

function searchFor(secrets: readonly string[]): NeedleSearch | undefined {
  const needles = needlesOf(secrets);
  return needles.length === 0 ? undefined : createNeedleSearch(needles.map(needle => Buffer.from(needle)));
}
