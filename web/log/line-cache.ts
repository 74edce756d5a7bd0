import type { LogLine } from '../wire.ts';

/** The lines of a log that are here, a bounded number of blocks of them: those used last. */
export interface LineCache {
  readonly get: (line: number) => LogLine | undefined;
  put(lines: readonly LogLine[]): void;
  /** A stretch to be read next, so that these lines are here, which are in order; null: they are. */
  missing(wanted: readonly number[]): { readonly after: number; readonly count: number } | null;
}

const blockLines = 500;
/** Lines that are drawn together may be far apart, where what is between them is folded: each in another block. */
const mostBlocks = 300;
/** Read at once. */
const stretchBlocks = 4;
/** Lines may be long: what a page may keep of them. */
const mostCharacters = 16_000_000;

interface Block {
  readonly lines: Map<number, LogLine>;
  characters: number;
}

export function createLineCache(): LineCache {
  /** Least recently used first. */
  const blocks = new Map<number, Block>();
  let characters = 0;
  const blockOf = (line: number): number => Math.floor((line - 1) / blockLines);

  function used(number: number): Block {
    const block = blocks.get(number) ?? { lines: new Map(), characters: 0 };
    blocks.delete(number);
    blocks.set(number, block);
    return block;
  }

  function forget(): void {
    for (const [number, block] of blocks) {
      if (blocks.size <= mostBlocks && (characters <= mostCharacters || blocks.size <= 2)) return;
      blocks.delete(number);
      characters -= block.characters;
    }
  }

  return {
    get: line => blocks.get(blockOf(line))?.lines.get(line),
    put(lines) {
      for (const line of lines) {
        const block = used(blockOf(line.seq));
        if (block.lines.has(line.seq)) continue;
        block.lines.set(line.seq, line);
        block.characters += line.text.length;
        characters += line.text.length;
      }
      forget();
    },
    missing(wanted) {
      for (const number of new Set(wanted.map(blockOf))) if (blocks.has(number)) used(number);
      const first = wanted.find(line => blocks.get(blockOf(line))?.lines.has(line) !== true);
      if (first === undefined) return null;
      // Whole blocks, and never more than a few: the rest is asked for next.
      const start = blockOf(first) * blockLines;
      const near = wanted.findLast(line => line <= start + stretchBlocks * blockLines) ?? first;
      return { after: start, count: (blockOf(near) + 1) * blockLines - start };
    },
  };
}
