import { constants } from 'node:os';

/** `SIGSEGV` for 11. A signal without a name of its own gets its number: `SIG34`. */
export function signalName(number: number): string {
  // Some have two names; the usual one comes first.
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? `SIG${number}`;
}
