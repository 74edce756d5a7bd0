import { longestLineBytes } from './log.ts';

const lineFeed = 10;

/** Turns bytes that come in any pieces into pieces of whole lines. What it gives is valid until the next call. */
export interface LineCutter {
  /** The whole lines that are complete now, or undefined. A line that grows too long is cut. */
  push(bytes: Uint8Array): Uint8Array | undefined;
  /** What is left: a last line without its line feed. */
  end(): Uint8Array | undefined;
}

/** A cutter for one stream. It never keeps more than one line's bytes, and keeps every byte. */
export function createLineCutter(longest: number = longestLineBytes): LineCutter {
  let kept: Uint8Array[] = [];
  let keptBytes = 0;
  /** Where pieces are put together: the same place again and again, or half of all time went into collecting garbage. */
  let place: Uint8Array = new Uint8Array();
  const join = (pieces: readonly Uint8Array[]): Uint8Array => {
    const [only] = pieces;
    if (pieces.length === 1 && only !== undefined) return only;
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const whole = place.length < length ? new Uint8Array(length) : place;
    let at = 0;
    for (const piece of pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    place = whole;
    return whole.subarray(0, length);
  };
  const take = (rest?: Uint8Array): Uint8Array => {
    const whole = join(rest === undefined ? kept : [...kept, rest]);
    kept = [];
    keptBytes = 0;
    return whole;
  };
  return {
    push(bytes) {
      const end = bytes.lastIndexOf(lineFeed) + 1;
      const lines = end === 0 ? undefined : take(bytes.subarray(0, end));
      if (end < bytes.length) {
        // Copied: the bytes are only lent, and `slice` of what Node calls a buffer copies nothing.
        kept.push(new Uint8Array(bytes.subarray(end)));
        keptBytes += bytes.length - end;
      }
      if (keptBytes < longest) return lines;
      const cut = take();
      return lines === undefined ? cut : join([lines, cut]);
    },
    end: () => (keptBytes === 0 ? undefined : take()),
  };
}
