import type { LogLine } from '../wire.ts';

/** The lines of a log that are here, a bounded number of blocks of them: those used last. */
export interface LineCache {
  readonly get: (line: number) => LogLine | undefined;
  put(lines: readonly LogLine[]): void;
  /** The first and last of the blocks' lines that are missing between two lines, as a stretch to be read; null: none is. */
  missing(first: number, last: number): { readonly after: number; readonly count: number } | null;
}

const blockLines = 500;
/** A screen shows a hundred lines: these are enough to scroll to and fro. */
const mostBlocks = 60;
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
    missing(first, last) {
      const has = (line: number): boolean => blocks.get(blockOf(line))?.lines.has(line) === true;
      for (let number = blockOf(first); number <= blockOf(last); number += 1)
        if (blocks.has(number)) used(number);
      let from = first;
      while (from <= last && has(from)) from += 1;
      if (from > last) return null;
      let to = last;
      while (has(to)) to -= 1;
      // Whole blocks, and never more than a few: what lies further off is asked for when it is looked at.
      const start = blockOf(from) * blockLines;
      const end = Math.min((blockOf(to) + 1) * blockLines, start + 4 * blockLines);
      return { after: start, count: end - start };
    },
  };
}
