import { z } from 'zod';
import { agentStates } from '../../domain/agent.ts';
import { paged, wholeList } from '../json/paged.ts';
import { iso } from '../json/time.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

const agentSchema = z
  .object({
    name: z.string(),
    pools: z.array(z.string()),
    slots: z.int(),
    state: z.enum(agentStates),
    lastSeenAt: z.iso.datetime(),
    version: z.string(),
    capabilities: z.object({
      os: z.string(),
      arch: z.string(),
      node: z.string(),
      tools: z.array(z.string()).describe('of the programs that jobs often ask for, those that are there'),
      isolation: z.boolean().describe('whether it can keep jobs apart from the machine'),
    }),
    running: z.array(z.object({ run: z.string(), attempt: z.int(), leaseUntil: z.iso.datetime() })),
  })
  .meta({ id: 'Agent' });

export const listAgents: Endpoint = endpoint({
  id: 'listAgents',
  summary: 'Who takes runs, and what each runs now',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(agentSchema),
  handle: async ({ store, agents }) => {
    const running = await store.running();
    const held = (name: string) =>
      running
        .filter(({ agent }) => agent === name)
        .map(({ run, attempt, leaseUntil }) => ({ run, attempt, leaseUntil: iso(leaseUntil) }));
    return wholeList(
      agents().map(({ lastSeenAt, ...agent }) => ({
        ...agent,
        pools: [...agent.pools],
        capabilities: { ...agent.capabilities, tools: [...agent.capabilities.tools] },
        lastSeenAt: iso(lastSeenAt),
        running: held(agent.name),
      })),
    );
  },
});
