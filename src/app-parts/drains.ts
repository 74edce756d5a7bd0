import type { Store } from '../contracts/store.ts';
import type { AgentEnd } from '../contracts/transport.ts';
import { holdOn, onAgent } from '../domain/hold.ts';
import { type Drain, hearDrain } from '../engine/drain.ts';

/** What the agents inside this server are told of draining, from what the store knows at the start on. */
export async function hearDrains(
  { store, agent }: { readonly store: Pick<Store, 'holds'>; readonly agent: Pick<AgentEnd, 'onDrain'> },
  parts: AsyncDisposableStack,
): Promise<(name: string) => Drain> {
  const holds = await store.holds();
  return name => parts.use(hearDrain(agent, name, holdOn(holds, onAgent(name)) !== undefined));
}
