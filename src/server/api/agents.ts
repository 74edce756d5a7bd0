import type { Store } from '../../contracts/store.ts';
import type { AgentStanding } from '../../domain/agent.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { type Hold, onAgent } from '../../domain/hold.ts';
import { hold, release } from '../../engine/hold.ts';
import { type AgentJson, agentJson, agentSchema } from '../json/agent.ts';
import { paged, wholeList } from '../json/paged.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { byName, noBody, none } from './input.ts';
import type { ApiNeeds } from './needs.ts';
import { reasonBody, reasonOf } from './reason.ts';

export const listAgents: Endpoint = endpoint({
  id: 'listAgents',
  summary: 'Who takes runs, and what each runs now',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(agentSchema),
  handle: async needs => wholeList(await agentsNow(needs)),
});

export const drainAgent: Endpoint = endpoint({
  id: 'drainAgent',
  summary:
    'Lets an agent take no more runs, over its restarts too; what it has goes on. Repeating it is harmless',
  params: byName,
  query: none,
  body: reasonBody,
  errors: ['not_found'],
  status: 200,
  answer: agentSchema,
  handle: async (needs, { params: { name }, body, caller }) => {
    await findAgent(needs, name);
    await hold(needs, onAgent(name), { by: caller.name, reason: reasonOf(body) });
    return findAgent(needs, name);
  },
});

export const undrainAgent: Endpoint = endpoint({
  id: 'undrainAgent',
  summary: 'Lets a drained agent take runs again; repeating it is harmless',
  params: byName,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: agentSchema,
  handle: async (needs, { params: { name }, caller }) => {
    const agent = await findAgent(needs, name);
    await release(needs, onAgent(name), caller.name);
    return (await agentsNow(needs)).find(each => each.name === name) ?? { ...agent, drain: null };
  },
});

type AgentNeeds = Pick<ApiNeeds, 'agents'> & { readonly store: Pick<Store, 'running' | 'holds'> };

async function agentsNow({ store, agents }: AgentNeeds): Promise<readonly AgentJson[]> {
  const [running, holds] = await Promise.all([store.running(), store.holds()]);
  const heard = agents();
  const silent = holds
    .flatMap(hold => unheard(hold) ?? [])
    .filter(({ name }) => !heard.some(agent => agent.name === name));
  return [...heard, ...silent].map(agent => agentJson(agent, { running, holds }));
}

/** A drained agent that this server has not heard of: somebody may want to let it go all the same. */
function unheard({ on, at }: Hold): AgentStanding | undefined {
  if (on.kind !== 'agent') return undefined;
  const capabilities = { os: '', arch: '', node: '', tools: [], isolation: false };
  return { name: on.name, pools: [], slots: 0, version: '', capabilities, state: 'offline', lastSeenAt: at };
}

async function findAgent(needs: AgentNeeds, name: string): Promise<AgentJson> {
  const found = (await agentsNow(needs)).find(agent => agent.name === name);
  if (found !== undefined) return found;
  throw new SignalboxError(
    'not_found',
    `no agent "${name}" is known here: "signalbox agents ls" shows which ones are`,
  );
}
