/** What there is in the broker. All of it begins with `sb.`, but for an agent's own queue. */
export const exchanges = {
  /** Tickets, by pool. */
  jobs: 'sb.jobs',
  /** What agents say: `ask.<agent>` to whichever control plane, `here.<agent>` to all of them. */
  up: 'sb.up',
  /** From control plane to control plane. */
  hints: 'sb.hints',
  /** Tickets that nobody can be given. */
  undeliverable: 'sb.dlx',
} as const;

export const queues = {
  asks: 'sb.asks',
  dead: 'sb.dead',
  pool: (pool: string) => `sb.jobs.${pool}`,
  /** There while the agent is connected, and so at most once. */
  agent: (agent: string) => `agent.${agent}`,
} as const;

/** Where a dead ticket goes. */
export const deadKey = 'dead';

export const routes = {
  ask: (agent: string) => `ask.${agent}`,
  here: (agent: string) => `here.${agent}`,
} as const;

/** Who says it: what follows the first word of a routing key. */
export const speakerOf = (routingKey: string): string => routingKey.slice(routingKey.indexOf('.') + 1);

/** What an agent's user may do and nothing beyond it, as RabbitMQ's patterns. */
export function rightsOf(
  agent: string,
  pools: readonly string[],
): {
  readonly configure: string;
  readonly write: string;
  readonly read: string;
  readonly topicWrite: string;
} {
  const own = literal(queues.agent(agent));
  const jobs = pools.map(pool => literal(queues.pool(pool)));
  return {
    configure: `^${own}$`,
    write: `^${literal(exchanges.up)}$`,
    read: `^(${[...jobs, own].join('|')})$`,
    topicWrite: `^(ask|here)\\.${literal(agent)}$`,
  };
}

const literal = (text: string): string => text.replaceAll(/[.\\^$*+?()[\]{}|]/g, '\\$&');
