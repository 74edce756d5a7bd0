import type { HoldJson } from '../server/json/hold.ts';
import type { CliIo } from './io.ts';
import { when } from './when.ts';

/** Who has paused or drained it, since when, and why: `by ada, 3 min ago: maintenance`. */
export function holdWords(io: Pick<CliIo, 'isTTY' | 'now'>, { by, since, reason }: HoldJson): string {
  return `by ${by}, ${when(io, Date.parse(since))}${reason === null ? '' : `: ${reason}`}`;
}
