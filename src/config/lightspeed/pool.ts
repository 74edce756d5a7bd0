import { createHash } from 'node:crypto';

/** Of a name that cannot stand in a pool's as it is, so much stays readable. */
const readable = 36;
/** Names that mean something else: the other two processes keep their data under theirs, and a hash stands at the end. */
const taken = /^(?:hooks|admin)$|\.[0-9a-f]{16}$/;

/**
 * The pool of one registered listener, which is the name of its agent and of its data as well: no two have the same. Names of listeners may
 * be longer than those of pools, and have capitals.
 */
export function poolOf(listener: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,52}$/.test(listener) && !taken.test(listener)) return `lightspeed-${listener}`;
  const hash = createHash('sha256').update(listener).digest('hex').slice(0, 16);
  return `lightspeed-${listener.toLowerCase().slice(0, readable)}.${hash}`;
}
