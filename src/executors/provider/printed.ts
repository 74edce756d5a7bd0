import { createHash } from 'node:crypto';

/** Lines that were printed: how many, and a digest that tells other ones from them. */
export interface Printed {
  readonly lines: number;
  readonly digest: string;
}

/** Counts lines as they are printed. */
export interface LineCount {
  add(line: string): void;
  now(): Printed;
}

export function countLines(): LineCount {
  const hash = createHash('sha256');
  let lines = 0;
  return {
    add: line => {
      lines += 1;
      hash.update(`${line}\n`);
    },
    now: () => ({ lines, digest: hash.copy().digest('hex') }),
  };
}

export const nothingPrinted: Printed = countLines().now();
