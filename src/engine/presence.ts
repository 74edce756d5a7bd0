import type { Clock } from '../contracts/clock.ts';
import type { AgentEnd } from '../contracts/transport.ts';
import type { Agent } from '../domain/agent.ts';
import type { Drain } from './drain.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

/** Often enough that a list of agents is never far behind, seldom enough for thousands of them. */
export const presenceEveryMs: number = 5_000;

/**
 * Says how an agent stands until it is over: `online`, while it is told to drain and from the signal `drain` on `draining`,
 * and at last `offline`.
 * Every word may get lost, so each is said again.
 */
export async function presence(
  needs: { readonly agent: Pick<AgentEnd, 'present'>; readonly clock: Clock; readonly journal: Journal },
  self: Agent,
  drain: Pick<Drain, 'isOn' | 'change'>,
  life: { readonly drain: AbortSignal; readonly over: AbortSignal },
): Promise<void> {
  await loop(needs, 'presence', life.over, async () => {
    // That it drains is said at once.
    const changes = [life.over, drain.change(), ...(life.drain.aborted ? [] : [life.drain])];
    needs.agent.present({ ...self, state: life.drain.aborted || drain.isOn() ? 'draining' : 'online' });
    const change = AbortSignal.any(changes);
    await needs.clock.sleep(presenceEveryMs, change).catch(() => undefined);
  });
  needs.agent.present({ ...self, state: 'offline' });
}
