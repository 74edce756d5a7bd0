/** Whether an agent takes runs, as it says itself. `offline`: it has said goodbye, or nothing for a while. */
export const presenceStates = ['online', 'draining', 'offline'] as const;
export type PresenceState = (typeof presenceStates)[number];
/** The same, as people are told. `drained`: somebody wants it to take no more runs, and it has none. */
export const agentStates = ['online', 'draining', 'drained', 'offline'] as const;
export type AgentState = (typeof agentStates)[number];

/** What an agent's machine can do. */
export interface Capabilities {
  readonly os: string;
  readonly arch: string;
  /** The version of Node.js. */
  readonly node: string;
  /** Of the programs that jobs often ask for, those that are there. */
  readonly tools: readonly string[];
  /** Whether it can keep jobs apart from the machine. */
  readonly isolation: boolean;
}

/** A process that takes runs for its pools, so many at a time, as it introduces itself. */
export interface Agent {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
  readonly version: string;
  readonly capabilities: Capabilities;
}

/** An agent as others hear of it. */
export interface AgentStanding extends Agent {
  readonly state: PresenceState;
  /** Milliseconds since 1970. */
  readonly lastSeenAt: number;
}

/** How an agent stands that says so of itself, when one also knows whether it is drained, and how many runs it has. */
export function agentState(said: PresenceState, isDrained: boolean, running: number): AgentState {
  if (!isDrained || said === 'offline') return said;
  return running > 0 ? 'draining' : 'drained';
}

/**
 * Why a run of a pool waits, in one clause; null when somebody may take it any moment. `busy` are the slots in use by
 * agent; `drained` says of one that is, by whom and why; `listener` is whose the pool is, where that is one listener's.
 */
export function whyWaiting(
  pool: string,
  agents: readonly AgentStanding[],
  busy: (agent: string) => number,
  drained: (agent: string) => string | null,
  listener: string | null,
): string | null {
  const its = agents.filter(({ pools }) => pools.includes(pool));
  const online = its.filter(({ name, state }) => state === 'online' && drained(name) === null);
  if (online.length === 0) {
    const [told] = its.flatMap(({ name, state }) => (state === 'offline' ? [] : (drained(name) ?? [])));
    if (told !== undefined) return told;
    const draining = its.some(({ state }) => state === 'draining');
    const nobody = listener === null ? `no agent of pool ${pool}` : `no listener ${listener}`;
    return `${nobody} is online${draining ? ': one is draining' : ''}`;
  }
  const slots = online.reduce((sum, agent) => sum + agent.slots, 0);
  const used = online.reduce((sum, agent) => sum + Math.min(busy(agent.name), agent.slots), 0);
  if (used < slots) return null;
  if (listener !== null) return `the listener ${listener} is busy`;
  return slots === 1
    ? `the only slot of pool ${pool} is busy`
    : `all ${slots} slots of pool ${pool} are busy`;
}
