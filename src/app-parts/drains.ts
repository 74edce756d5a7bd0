import type { Store } from '../contracts/store.ts';
import type { AgentEnd } from '../contracts/transport.ts';
import { holdOn, onAgent } from '../domain/hold.ts';
import { type Drain, hearDrain } from '../engine/drain.ts';

/** What each agent inside this server is told of draining, by its name; from what the store knows at the start on. */
export async function hearDrains(
  { store, agent }: { readonly store: Pick<Store, 'holds'>; readonly agent: Pick<AgentEnd, 'onDrain'> },
  parts: AsyncDisposableStack,
): Promise<(name: string) => Drain> {
  const holds = await store.holds();
  const heard = new Map<string, Drain>();
  return name => {
    const drain =
      heard.get(name) ?? parts.use(hearDrain(agent, name, holdOn(holds, onAgent(name)) !== undefined));
    heard.set(name, drain);
    return drain;
  };
}
