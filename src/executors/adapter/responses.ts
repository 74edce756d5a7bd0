/** Far more than any response has: who writes on without a line feed would fill the memory. */
const longestLineBytes = 1024 * 1024;

/** Cuts an adapter's stdout, which comes in any pieces, into lines. */
export interface ResponseLines {
  /** The lines that are complete now; `overlong` once a line has grown too long, and nothing ever after. */
  push(bytes: Uint8Array): { readonly lines: readonly string[]; readonly overlong: boolean };
  /** The last line, where it lacks its line feed. */
  end(): readonly string[];
}

export function createResponseLines(longest: number = longestLineBytes): ResponseLines {
  let kept = Buffer.alloc(0);
  let over = false;
  return {
    push(bytes) {
      if (over) return { lines: [], overlong: false };
      const text = Buffer.concat([kept, bytes]);
      const end = text.lastIndexOf(10) + 1;
      const lines = end === 0 ? [] : text.toString('utf8', 0, end - 1).split('\n');
      kept = text.subarray(end);
      over = kept.length > longest;
      return { lines, overlong: over };
    },
    end: () => (over || kept.length === 0 ? [] : [kept.toString()]),
  };
}
