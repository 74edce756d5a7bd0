import { setTimeout as sleep } from 'node:timers/promises';

/** Looks until `look` says yes; throws, naming what it waited for, when that takes too long. */
export async function until(
  look: () => boolean | Promise<boolean>,
  what: string,
  withinMs = 20_000,
  everyMs = 5,
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await look())) {
    if (performance.now() > deadline) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await sleep(everyMs);
  }
}
