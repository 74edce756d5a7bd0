import { setTimeout } from 'node:timers/promises';
import type { CliIo } from './io.ts';

/** A run takes seconds to hours: nobody notices one second. */
const lookEveryMs = 1_000;

/** Looks until it is so, or the user wants the command to end. */
export async function waitUntil(io: Pick<CliIo, 'signal'>, isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await setTimeout(lookEveryMs, undefined, { signal: io.signal });
}
