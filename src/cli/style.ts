import { styleText } from 'node:util';
import type { VerdictWord } from '../domain/verdict.ts';
import type { CliIo } from './io.ts';

export type Colour = 'green' | 'red' | 'yellow' | 'cyan' | 'gray' | 'bold';
type Canvas = Pick<CliIo, 'colour'>;

export function paint(io: Canvas, colour: Colour | undefined, text: string): string {
  return io.colour && colour !== undefined && text !== ''
    ? styleText(colour, text, { validateStream: false })
    : text;
}

/** A word with a mark that says the same without any colour. */
export interface Mark {
  readonly symbol: string;
  readonly colour: Colour;
}

const marks: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ['success', { symbol: '✓', colour: 'green' }],
  ['failure', { symbol: '✗', colour: 'red' }],
  ['error', { symbol: '!', colour: 'red' }],
  ['timeout', { symbol: '✗', colour: 'red' }],
  ['lost', { symbol: '?', colour: 'red' }],
  ['cancelled', { symbol: '-', colour: 'yellow' }],
  ['superseded', { symbol: '-', colour: 'gray' }],
  ['skipped', { symbol: '-', colour: 'gray' }],
  ['running', { symbol: '▸', colour: 'cyan' }],
  ['queued', { symbol: '·', colour: 'gray' }],
  ['blocked', { symbol: '‖', colour: 'yellow' }],
]);

/** The mark of a run's outcome, or of its state while it has none. A word of a newer server gets a neutral one. */
export const runMark = (word: string): Mark => marks.get(word) ?? { symbol: '·', colour: 'gray' };

export function verdictMark(verdict: VerdictWord): Mark {
  switch (verdict) {
    case 'matched':
      return { symbol: '✓', colour: 'green' };
    case 'not matched':
      return { symbol: '✗', colour: 'gray' };
    case 'blocked':
      return { symbol: '‖', colour: 'yellow' };
    case 'error':
      return { symbol: '!', colour: 'red' };
  }
}

/** Holds, does not hold, was not looked at. */
export function holdsMark(holds: boolean | null): Mark {
  if (holds === null) return { symbol: '·', colour: 'gray' };
  return holds ? { symbol: '✓', colour: 'green' } : { symbol: '✗', colour: 'red' };
}
