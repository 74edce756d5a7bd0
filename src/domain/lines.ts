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
      const long = take();
      const whole = long.length - beginning(long);
      const cut = long.subarray(0, whole);
      if (whole < long.length) kept.push(new Uint8Array(long.subarray(whole)));
      keptBytes = long.length - whole;
      return lines === undefined ? cut : join([lines, cut]);
    },
    end: () => (keptBytes === 0 ? undefined : take()),
  };
}

/** How many bytes at the end are the beginning of one character. */
function beginning(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length - 1); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    // In UTF-8 the first byte of a character tells its length; those that follow begin with the bits 10.
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    const length = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1;
    return length > back ? back : 0;
  }
  return 0;
}
