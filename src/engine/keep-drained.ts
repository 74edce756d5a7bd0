import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { holdOn, onAgent } from '../domain/hold.ts';
import type { Agents } from './agents.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';
import { presenceEveryMs } from './presence.ts';

/**
 * Tells agents again what they have not heard, or forgot: whoever takes runs though it is drained, and whoever drains though
 * nobody wants it to. An agent that ends drains whatever it is told.
 */
export async function keepDrained(
  needs: {
    readonly store: Pick<Store, 'holds'>;
    readonly control: Pick<ControlEnd, 'drain'>;
    readonly agents: Pick<Agents, 'list'>;
    readonly clock: Clock;
    readonly journal: Journal;
  },
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, 'drained agents', signal, async () => {
    const holds = await needs.store.holds();
    for (const { name, state } of needs.agents.list()) {
      const isDrained = holdOn(holds, onAgent(name)) !== undefined;
      if (state === (isDrained ? 'online' : 'draining')) needs.control.drain(name, isDrained);
    }
    await needs.clock.sleep(presenceEveryMs, signal);
  });
}
