import { createHmac, timingSafeEqual } from 'node:crypto';
import type { RunId } from '../../domain/id.ts';

/**
 * Who has a run's ticket has its key, and nobody else: RabbitMQ gives tickets to the agents of their pool alone, so that a
 * claim which shows the key is one of theirs, and ids of runs may be known to everybody.
 */
export interface TicketKeys {
  keyOf(run: RunId): string;
  isKeyOf(run: RunId, key: string): boolean;
}

/** The same secret makes the same keys: at every control plane, and after every restart. */
export function createTicketKeys(secret: string): TicketKeys {
  const mac = (run: RunId): Buffer => createHmac('sha256', secret).update(`ticket of ${run}`).digest();
  return {
    keyOf: run => mac(run).toString('base64url'),
    isKeyOf: (run, key) => {
      const expected = mac(run);
      const shown = Buffer.from(key, 'base64url');
      return shown.length === expected.length && timingSafeEqual(shown, expected);
    },
  };
}
