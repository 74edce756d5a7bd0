import { createHash } from 'node:crypto';

/** Of a name that cannot stand in a pool's as it is, so much stays readable. */
const readable = 36;

/**
 * The pool of one registered listener, which is the name of its agent as well: no two have the same. Names of listeners may
 * be longer than those of pools, and have capitals.
 */
export function poolOf(listener: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,52}$/.test(listener)) return `lightspeed-${listener}`;
  const hash = createHash('sha256').update(listener).digest('hex').slice(0, 16);
  return `lightspeed-${listener.toLowerCase().slice(0, readable)}.${hash}`;
}
