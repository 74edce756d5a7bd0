import type { AgentEnd } from '../contracts/transport.ts';

/** Whether an agent was told to take no more runs; it may be told otherwise at any time. */
export interface Drain extends Disposable {
  readonly isOn: () => boolean;
  /** Aborts when it is told otherwise than now. */
  readonly change: () => AbortSignal;
}

/** What the agent is told, from what it knows at its beginning on. Listens until it is disposed. */
export function hearDrain(agent: Pick<AgentEnd, 'onDrain'>, name: string, isDrained: boolean): Drain {
  let isOn = isDrained;
  let change = new AbortController();
  const hearing = agent.onDrain(name, told => {
    if (told === isOn) return;
    const changed = change;
    isOn = told;
    change = new AbortController();
    changed.abort();
  });
  return {
    isOn: () => isOn,
    change: () => change.signal,
    [Symbol.dispose]: () => hearing[Symbol.dispose](),
  };
}
