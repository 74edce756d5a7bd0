import type { Store } from '../../contracts/store.ts';
import type { ControlEnd } from '../../contracts/transport.ts';
import { whyWaiting } from '../../domain/agent.ts';
import { holdOn, holdWords, onAgent, pauseOf } from '../../domain/hold.ts';
import type { Run } from '../../domain/run.ts';
import { isoSeconds } from '../json/time.ts';
import type { ApiNeeds } from './needs.ts';

export interface WaitNeeds extends Pick<ApiNeeds, 'agents' | 'registry'> {
  readonly store: Pick<Store, 'running' | 'holds'>;
  readonly control: Pick<ControlEnd, 'link' | 'obstacle'>;
}

/** Says of each of these runs why it waits; null where it is about to start, or has. */
export async function waits(needs: WaitNeeds, runs: readonly Run[]): Promise<(run: Run) => string | null> {
  if (!runs.some(({ status }) => status.state === 'queued')) return () => null;
  const [running, holds] = await Promise.all([needs.store.running(), needs.store.holds()]);
  const agents = needs.agents();
  const link = needs.control.link();
  const busy = (name: string) => running.filter(({ agent }) => agent === name).length;
  const drained = (name: string) => {
    const hold = holdOn(holds, onAgent(name));
    return hold === undefined ? null : holdWords(hold, isoSeconds(hold.at));
  };
  return ({ rule, plan, status }) => {
    if (status.state !== 'queued') return null;
    const pause = pauseOf(holds, plan.pool);
    if (pause !== undefined) return holdWords(pause, isoSeconds(pause.at));
    // Who is there is not known then, and makes no difference.
    if (link.state === 'down') return link.reason;
    const obstacle = needs.control.obstacle(plan.pool);
    if (obstacle !== null) return obstacle;
    return whyWaiting(plan.pool, agents, busy, drained, needs.registry === null ? null : rule);
  };
}
