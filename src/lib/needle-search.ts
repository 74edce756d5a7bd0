/** Looks for many byte sequences at once. */
export interface NeedleSearch {
  /** Tells every place where a needle stands, from left to right, each with the longest needle that begins there. */
  each(bytes: Uint8Array, found: (start: number, end: number) => void): void;
  /** Where the end of `bytes` begins that may be the beginning of a needle; its length when there is none. */
  openEnd(bytes: Uint8Array): number;
}

/** Wider windows skip further, but less often: more pairs of bytes are in some needle's window. */
const widestWindow = 16;

/**
 * The algorithm of Wu and Manber. A window as wide as the shortest needle moves over the text. Its last two bytes
 * tell how far it may move on, because no needle has them further to the left; mostly that is the whole width. Only
 * where some needle's window ends with these two is the needle compared. `needles` must have two bytes at least.
 */
export function createNeedleSearch(needles: readonly Uint8Array[]): NeedleSearch {
  const longestFirst = needles.toSorted((a, b) => b.length - a.length);
  const longest = longestFirst[0]?.length ?? 0;
  const width = Math.min(longestFirst.at(-1)?.length ?? 0, widestWindow);
  const steps = new Uint8Array(1 << 16).fill(width - 1);
  for (const needle of needles) {
    for (let end = 1; end < width; end += 1) {
      const pair = pairAt(needle, end);
      steps[pair] = Math.min(steps[pair] ?? 0, width - 1 - end);
    }
  }
  const byWindow = Map.groupBy(longestFirst, needle => pairAt(needle, width - 1));
  const byStart = Map.groupBy(longestFirst, needle => pairAt(needle, 1));
  const firstBytes = new Set(needles.map(needle => needle[0]));
  /** How long the longest needle is that begins with a pair. */
  const reach = new Uint32Array(1 << 16);
  for (const [pair, [needle]] of byStart) reach[pair] = needle?.length ?? 0;

  return {
    each(bytes, found) {
      let end = width - 1;
      while (end < bytes.length) {
        const pair = pairAt(bytes, end);
        const step = steps[pair] ?? 0;
        if (step === 0) {
          const start = end - width + 1;
          const needle = byWindow.get(pair)?.find(each => standsAt(bytes, start, each, each.length));
          if (needle !== undefined) found(start, start + needle.length);
        }
        end += step || 1;
      }
    },
    openEnd(bytes) {
      for (let start = Math.max(0, bytes.length - longest + 1); start < bytes.length - 1; start += 1) {
        const rest = bytes.length - start;
        const pair = pairAt(bytes, start + 1);
        if ((reach[pair] ?? 0) <= rest) continue;
        for (const needle of byStart.get(pair) ?? []) {
          if (needle.length <= rest) break;
          if (standsAt(bytes, start, needle, rest)) return start;
        }
      }
      return firstBytes.has(bytes.at(-1)) ? bytes.length - 1 : bytes.length;
    },
  };
}

function pairAt(bytes: Uint8Array, end: number): number {
  return ((bytes[end - 1] ?? 0) << 8) | (bytes[end] ?? 0);
}

/** Whether the first `length` bytes of the needle stand there. */
function standsAt(bytes: Uint8Array, start: number, needle: Uint8Array, length: number): boolean {
  if (start + length > bytes.length) return false;
  for (let index = 0; index < length; index += 1) if (bytes[start + index] !== needle[index]) return false;
  return true;
}
