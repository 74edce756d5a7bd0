import { z } from 'zod';
import { paged, wholeList } from '../json/paged.ts';
import { iso } from '../json/time.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

const agentSchema = z
  .object({
    name: z.string(),
    pools: z.array(z.string()),
    slots: z.int(),
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
      agents().map(({ name, pools, slots }) => ({ name, pools: [...pools], slots, running: held(name) })),
    );
  },
});
