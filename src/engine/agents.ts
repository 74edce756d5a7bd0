import type { Clock } from '../contracts/clock.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { AgentStanding } from '../domain/agent.ts';
import { presenceEveryMs } from './presence.ts';

/** An agent that has missed three of its words is offline: one may get lost, two may be late. */
const silentForMs = 3 * presenceEveryMs + 1_000;
/** Agents with made-up names are forgotten; this many have been seen nowhere. */
const mostAgents = 20_000;

/** Who takes runs, as far as this control plane has heard since it started. */
export interface Agents extends Disposable {
  /** In the order of their names. */
  readonly list: () => readonly AgentStanding[];
}

/** Listens until it is disposed. */
export function hearAgents(needs: {
  readonly control: Pick<ControlEnd, 'onPresence'>;
  readonly clock: Clock;
}): Agents {
  const seen = new Map<string, AgentStanding>();
  const hearing = needs.control.onPresence(presence => {
    // The one heard of last goes to the end: the first is who has been silent for longest.
    seen.delete(presence.name);
    seen.set(presence.name, { ...presence, lastSeenAt: needs.clock.now() });
    const [first] = seen.keys();
    if (seen.size > mostAgents && first !== undefined) seen.delete(first);
  });
  return {
    list: () => {
      const now = needs.clock.now();
      return [...seen.values()]
        .map(agent =>
          now - agent.lastSeenAt > silentForMs ? { ...agent, state: 'offline' as const } : agent,
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    [Symbol.dispose]: () => hearing[Symbol.dispose](),
  };
}
