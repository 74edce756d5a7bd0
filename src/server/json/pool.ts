import { z } from 'zod';
import { type AgentState, agentStates } from '../../domain/agent.ts';
import { type HoldJson, holdSchema } from './hold.ts';

/** A named group of agents, and how its runs stand. */
export interface PoolJson {
  readonly name: string;
  /** Who has paused this very pool; null: nobody. */
  readonly pause: HoldJson | null;
  /** Runs that are queued. */
  readonly waiting: number;
  readonly running: number;
  readonly agents: readonly { readonly name: string; readonly state: AgentState }[];
}

/** All pools, and whether all of them stand still. */
export interface PoolsJson {
  readonly items: readonly PoolJson[];
  readonly next: string | null;
  /** Who has paused everything; null: nobody. */
  readonly everything: HoldJson | null;
}

export const poolSchema: z.ZodType<PoolJson> = z
  .object({
    name: z.string(),
    pause: holdSchema.nullable().describe('who has paused this very pool, since when, and why'),
    waiting: z.int().describe('runs that are queued'),
    running: z.int(),
    agents: z.array(z.object({ name: z.string(), state: z.enum(agentStates) })),
  })
  .meta({ id: 'Pool' });

export const poolsSchema: z.ZodType<PoolsJson> = z.object({
  items: z.array(poolSchema),
  next: z.string().nullable(),
  everything: holdSchema.nullable().describe('who has paused everything, since when, and why'),
});
