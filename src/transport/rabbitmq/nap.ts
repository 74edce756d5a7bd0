import { setTimeout } from 'node:timers/promises';

/** Rests, unless it is over. */
export function nap(ms: number, signal: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal }).catch(() => undefined); // nothing but the signal ends it early
}
