import type { Clock } from '../contracts/clock.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { AgentStanding } from '../domain/agent.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';
import { presenceEveryMs } from './presence.ts';

/** An agent that has missed three of its words is offline: one may get lost, two may be late. */
const silentForMs = 3 * presenceEveryMs + 1_000;
/** Agents with made-up names are forgotten; this many have been seen nowhere. */
const mostAgents = 20_000;
/** Who has not been heard of for so long does not come back. */
const forgottenAfterMs = 30 * 86_400_000;
/** What a crash may take back of when an agent was seen last. */
const keepEveryMs = 30_000;
/** Of those alone that were heard last: the memory is one record. */
const mostKept = 1_000;

/** Who takes runs, as far as this control plane has heard, or remembers. */
export interface Agents extends Disposable {
  /** In the order of their names. */
  readonly list: () => readonly AgentStanding[];
}

/** Where agents are kept over restarts. */
export interface AgentMemory {
  recall(): Promise<readonly AgentStanding[]>;
  keep(agents: readonly AgentStanding[]): Promise<void>;
}

interface AgentNeeds {
  readonly control: Pick<ControlEnd, 'onPresence'>;
  readonly clock: Clock;
}

/** Listens until it is disposed. `remembered` were here in an earlier life, and are offline until they speak. */
export function hearAgents(needs: AgentNeeds, remembered: readonly AgentStanding[]): Agents {
  const offline = remembered.map(agent => ({ ...agent, state: 'offline' as const }));
  const seen = new Map<string, AgentStanding>(offline.map(agent => [agent.name, agent]));
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
        .filter(agent => now - agent.lastSeenAt < forgottenAfterMs)
        .map(agent =>
          now - agent.lastSeenAt > silentForMs ? { ...agent, state: 'offline' as const } : agent,
        )
        .sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    [Symbol.dispose]: () => hearing[Symbol.dispose](),
  };
}

/** Keeps who has been heard, now and then, and at last when the signal aborts; but not those `own`, who come with this process. */
export async function rememberAgents(
  needs: Omit<AgentNeeds, 'control'> & { readonly memory: AgentMemory; readonly journal: Journal },
  agents: Agents,
  own: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  let kept = '';
  const keep = async (): Promise<void> => {
    const others = agents
      .list()
      .filter(({ name }) => !own.includes(name))
      .toSorted((a, b) => b.lastSeenAt - a.lastSeenAt)
      .slice(0, mostKept);
    const now = JSON.stringify(others);
    if (now === kept || (kept === '' && others.length === 0)) return;
    await needs.memory.keep(others);
    kept = now;
  };
  await loop(needs, 'agents', signal, async () => {
    await needs.clock.sleep(keepEveryMs, signal);
    await keep();
  });
  await keep().catch((error: unknown) => needs.journal.note({ kind: 'trouble', where: 'agents', error }));
}
