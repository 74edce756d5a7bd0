import { withTimes } from '../format.ts';
import type { Agent, RunSummary } from '../wire.ts';

/**
 * Why a run waits: in the server's words where it has some; otherwise what can be seen from here, as no list says which
 * pool a run asks for.
 */
export function whyItWaits(run: RunSummary, agents: readonly Agent[]): string {
  const told = run.waits ?? run.reason;
  if (told !== null && told !== undefined) return withTimes(told);
  if (run.state === 'blocked') return 'for somebody’s approval';
  const alive = agents.filter(({ state = 'online' }) => state === 'online');
  if (alive.length === 0) return 'no agent is there to take it';
  const isFull = alive.every(({ slots, running }) => running.length >= slots);
  return isFull ? 'for a free slot: all agents are busy' : 'for an agent of its pool';
}
