import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { everything, holdOn, onPool } from '../../domain/hold.ts';
import { hold, release } from '../../engine/hold.ts';
import { agentJson } from '../json/agent.ts';
import { holdOrNull } from '../json/hold.ts';
import { type PoolJson, type PoolsJson, poolSchema, poolsSchema } from '../json/pool.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { byName, noBody, none } from './input.ts';
import type { ApiNeeds } from './needs.ts';
import { reasonBody, reasonOf } from './reason.ts';

export const listPools: Endpoint = endpoint({
  id: 'listPools',
  summary:
    'The pools that rules name, that agents serve or that have runs: what waits and runs, and who has paused what',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: poolsSchema,
  handle: async needs => poolsNow(needs),
});

export const pausePool: Endpoint = endpoint({
  id: 'pausePool',
  summary:
    'Lets no new run of a pool start; events are still taken, and what runs goes on. Repeating it is harmless',
  params: byName,
  query: none,
  body: reasonBody,
  errors: ['not_found'],
  status: 200,
  answer: poolSchema,
  handle: async (needs, { params: { name }, body, caller }) => {
    await findPool(needs, name);
    await hold(needs, onPool(name), { by: caller.name, reason: reasonOf(body) });
    return findPool(needs, name);
  },
});

export const resumePool: Endpoint = endpoint({
  id: 'resumePool',
  summary: 'Lets the runs of a pool start again, in their order; repeating it is harmless',
  params: byName,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: poolSchema,
  handle: async (needs, { params: { name }, caller }) => {
    await findPool(needs, name);
    await release(needs, onPool(name), caller.name);
    return findPool(needs, name);
  },
});

export const pauseEverything: Endpoint = endpoint({
  id: 'pauseEverything',
  summary: 'Lets no new run of any pool start; repeating it is harmless',
  params: none,
  query: none,
  body: reasonBody,
  errors: [],
  status: 200,
  answer: poolsSchema,
  handle: async (needs, { body, caller }) => {
    await hold(needs, everything, { by: caller.name, reason: reasonOf(body) });
    return poolsNow(needs);
  },
});

export const resumeEverything: Endpoint = endpoint({
  id: 'resumeEverything',
  summary: 'Takes that back; a pool that is paused itself stays so. Repeating it is harmless',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: poolsSchema,
  handle: async (needs, { caller }) => {
    await release(needs, everything, caller.name);
    return poolsNow(needs);
  },
});

type PoolNeeds = Pick<ApiNeeds, 'agents' | 'rules'> & {
  readonly store: Pick<Store, 'running' | 'holds' | 'poolCounts'>;
};

async function poolsNow({ store, agents, rules }: PoolNeeds): Promise<PoolsJson> {
  const [running, holds, counts] = await Promise.all([store.running(), store.holds(), store.poolCounts()]);
  const heard = agents().map(agent => agentJson(agent, { running, holds }));
  const names = new Set([
    ...rules().map(({ pool }) => pool),
    ...heard.flatMap(({ pools }) => pools),
    ...counts.map(({ pool }) => pool),
    ...holds.flatMap(({ on }) => (on.kind === 'pool' ? [on.name] : [])),
  ]);
  const items = [...names].sort().map((name): PoolJson => {
    const its = counts.find(({ pool }) => pool === name);
    return {
      name,
      pause: holdOrNull(holdOn(holds, onPool(name))),
      waiting: its?.queued ?? 0,
      running: its?.running ?? 0,
      agents: heard.filter(({ pools }) => pools.includes(name)).map(({ name, state }) => ({ name, state })),
    };
  });
  return { items, next: null, everything: holdOrNull(holdOn(holds, everything)) };
}

async function findPool(needs: PoolNeeds, name: string): Promise<PoolJson> {
  const found = (await poolsNow(needs)).items.find(pool => pool.name === name);
  if (found !== undefined) return found;
  throw new SignalboxError(
    'not_found',
    `there is no pool "${name}": no rule names it, and no agent that was heard of serves it ("signalbox pools ls" shows which there are)`,
  );
}
