import { z } from 'zod';
import type { Store } from '../contracts/store.ts';
import { type AgentStanding, presenceStates } from '../domain/agent.ts';
import type { AgentMemory } from '../engine/agents.ts';

const source = 'agents that were seen';

const standings: z.ZodType<readonly AgentStanding[]> = z.array(
  z.object({
    name: z.string(),
    pools: z.array(z.string()),
    slots: z.int(),
    version: z.string(),
    capabilities: z.object({
      os: z.string(),
      arch: z.string(),
      node: z.string(),
      tools: z.array(z.string()),
      isolation: z.boolean(),
    }),
    state: z.enum(presenceStates),
    lastSeenAt: z.int(),
  }),
);

/** Beside the positions of sources. What another version has written there is not understood, and no loss. */
export function agentMemoryIn(store: Pick<Store, 'position' | 'keepPosition'>): AgentMemory {
  return {
    recall: async () => standings.safeParse(await store.position(source)).data ?? [],
    keep: agents =>
      store.keepPosition({
        source,
        position: agents.map(agent => ({ ...agent, capabilities: { ...agent.capabilities } })),
      }),
  };
}
