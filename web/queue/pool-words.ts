import { count } from '../format.ts';
import type { Aspect } from '../parts/aspect.ts';
import type { Pool, Pools } from '../wire.ts';

const takesRuns = ({ agents }: Pool): boolean => agents.some(({ state }) => state === 'online');
/** Somebody wants it so. */
const isDrained = ({ agents }: Pool): boolean => agents.some(({ state }) => state.startsWith('drain'));

/** How a pool stands: green is for one in which what waits begins. */
export function poolAspect(pool: Pool, everything: Pools['everything']): Aspect {
  if (pool.pause !== null || everything !== null) return 'held';
  if (takesRuns(pool)) return 'proceed';
  if (isDrained(pool)) return 'held';
  return pool.waiting === 0 ? 'dark' : 'fault';
}

/** How much there is in a pool, and for whom. */
export function poolWords(pool: Pool): string {
  const { waiting, running, agents } = pool;
  const names = agents.map(({ name }) => name).join(', ');
  const its =
    agents.length === 0 ? 'no agent is known' : `${agents.length === 1 ? 'agent' : 'agents'} ${names}`;
  return [
    count(waiting, 'run waits', 'runs wait'),
    `${running} running`,
    its,
    ...(agents.length === 0 || takesRuns(pool) ? [] : ['none takes runs now']),
  ].join(' · ');
}
