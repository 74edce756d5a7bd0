import { z } from 'zod';
import type { Store } from '../../contracts/store.ts';
import { type AgentStanding, type AgentState, agentState, agentStates } from '../../domain/agent.ts';
import { type Hold, holdOn, onAgent } from '../../domain/hold.ts';
import { type HoldJson, holdOrNull, holdSchema } from './hold.ts';
import { iso } from './time.ts';

/** Who takes runs, and what it runs now. */
export interface AgentJson
  extends Pick<AgentStanding, 'name' | 'pools' | 'slots' | 'version' | 'capabilities'> {
  readonly state: AgentState;
  readonly lastSeenAt: string;
  /** Who wants it to take no more runs; null: nobody. */
  readonly drain: HoldJson | null;
  readonly running: readonly {
    readonly run: string;
    readonly attempt: number;
    readonly leaseUntil: string;
  }[];
}

export const agentSchema: z.ZodType<AgentJson> = z
  .object({
    name: z.string(),
    pools: z.array(z.string()),
    slots: z.int(),
    state: z.enum(agentStates).describe('drained: it is to take no more runs, and has none'),
    lastSeenAt: z.iso.datetime(),
    version: z.string(),
    capabilities: z.object({
      os: z.string(),
      arch: z.string(),
      node: z.string(),
      tools: z.array(z.string()).describe('of the programs that jobs often ask for, those that are there'),
      isolation: z.boolean().describe('whether it can keep jobs apart from the machine'),
    }),
    drain: holdSchema.nullable().describe('who wants it to take no more runs, since when, and why'),
    running: z.array(z.object({ run: z.string(), attempt: z.int(), leaseUntil: z.iso.datetime() })),
  })
  .meta({ id: 'Agent' });

export function agentJson(
  { lastSeenAt, ...agent }: AgentStanding,
  {
    running,
    holds,
  }: { readonly running: Awaited<ReturnType<Store['running']>>; readonly holds: readonly Hold[] },
): AgentJson {
  const its = running.filter(({ agent: holder }) => holder === agent.name);
  const drain = holdOn(holds, onAgent(agent.name));
  return {
    ...agent,
    state: agentState(agent.state, drain !== undefined, its.length),
    lastSeenAt: iso(lastSeenAt),
    drain: holdOrNull(drain),
    running: its.map(({ run, attempt, leaseUntil }) => ({ run, attempt, leaseUntil: iso(leaseUntil) })),
  };
}
