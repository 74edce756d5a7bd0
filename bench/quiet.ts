import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Less than this does not change a figure that is worth telling. */
const quietEnough = 0.1;
const lookMs = 500;

/**
 * Waits for a moment in which the machine has nothing else to do, but no longer than `mostMs`. Returns how busy it then
 * was with other things: 1 is all of its cores.
 */
export async function quiet(mostMs: number, signal: AbortSignal): Promise<number> {
  const deadline = performance.now() + mostMs;
  for (;;) {
    const before = ticks();
    await sleep(lookMs, undefined, { signal });
    const after = ticks();
    const busy = (after.busy - before.busy) / (after.all - before.all);
    if (busy < quietEnough || performance.now() > deadline) return busy;
  }
}

/** Of all cores together. */
function ticks(): { readonly busy: number; readonly all: number } {
  const [line = ''] = readFileSync('/proc/stat', 'latin1').split('\n', 1);
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  const busy = user + nice + system + irq + softirq + steal;
  return { busy, all: busy + idle + wait };
}
