import type { Ticket } from '../contracts/store.ts';
import type { AgentEnd, ControlEnd, Hint, Presence, Served, Transport } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';

type OnDrain = (isDrained: boolean) => void;
type OnCancel = (run: RunId, attempt: number, reason: string) => void;

/** Both ends in one process. Tickets live in memory: the store gives them again after a restart. */
export function createEmbeddedTransport(): Transport {
  const waiting = new Map<string, Line<Ticket>>();
  /** Who waits for tickets, by pool: there may be many that wait for those of one. */
  const hungry = new Map<string, Set<() => void>>();
  const hearers = new Set<(hint: Hint) => void>();
  const watchers = new Set<(presence: Presence) => void>();
  const cancels = new Map<string, Set<OnCancel>>();
  const drains = new Map<string, Set<OnDrain>>();
  let served: Served | undefined;

  const answering = (): Served => {
    if (served === undefined)
      throw new SignalboxError('unavailable', 'the control plane does not answer yet');
    return served;
  };

  const control: ControlEnd = {
    send: async ticket => {
      const line = waiting.get(ticket.pool) ?? createLine();
      waiting.set(ticket.pool, line);
      line.add(ticket);
      for (const wake of hungry.get(ticket.pool) ?? []) wake();
    },
    cancel: (agent, run, attempt, reason) => {
      for (const tell of cancels.get(agent) ?? []) tell(run, attempt, reason);
    },
    drain: (agent, isDrained) => {
      for (const tell of drains.get(agent) ?? []) tell(isDrained);
    },
    serve: control => {
      served = control;
      return { [Symbol.dispose]: () => void (served = undefined) };
    },
    onPresence: listener => added(watchers, listener),
    link: () => ({ state: 'up', since: 0 }),
    // Each is answered where it is asked.
    obstacle: () => null,
    questions: () => 0,
    hint: hint => {
      for (const hear of hearers) hear(hint);
    },
    onHint: listener => added(hearers, listener),
  };

  const agent: AgentEnd = {
    begin: async (agent, reason) => answering().begin(agent, reason),
    present: presence => {
      for (const hear of watchers) hear(presence);
    },
    receive: async (pools, slots, take, signal) => {
      const next = () => {
        for (const pool of pools) {
          const ticket = waiting.get(pool)?.take();
          if (ticket !== undefined) return ticket;
        }
        return undefined;
      };
      const its = pools.map(pool => {
        const waits = hungry.get(pool) ?? new Set();
        hungry.set(pool, waits);
        return waits;
      });
      await Promise.all(Array.from({ length: slots }, () => serveSlot(next, take, its, signal)));
    },
    claim: async (agent, run, id) => answering().claim(agent, run, id),
    news: async (agent, news) => answering().news(agent, news),
    onCancel: (agent, listener) => {
      const its = cancels.get(agent) ?? new Set();
      cancels.set(agent, its);
      return added(its, listener);
    },
    onDrain: (agent, listener) => {
      const its = drains.get(agent) ?? new Set();
      drains.set(agent, its);
      return added(its, listener);
    },
  };

  return { remembersTickets: false, control, agent, [Symbol.asyncDispose]: async () => undefined };
}

/** One slot: a ticket at a time until the signal. */
async function serveSlot(
  next: () => Ticket | undefined,
  take: (ticket: Ticket) => Promise<void>,
  hungry: readonly Set<() => void>[],
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const ticket = next();
    if (ticket !== undefined)
      await take(ticket).catch((error: unknown) => {
        // It is sent again at the next start.
        if (!signal.aborted) throw error;
      });
    else await food(hungry, signal);
  }
}

function food(hungry: readonly Set<() => void>[], signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const wake = () => {
      for (const waits of hungry) waits.delete(wake);
      signal.removeEventListener('abort', wake);
      resolve();
    };
    for (const waits of hungry) waits.add(wake);
    signal.addEventListener('abort', wake);
  });
}

/** First in, first out; taking costs the same however long the line is. */
interface Line<Item> {
  add(item: Item): void;
  take(): Item | undefined;
}

function createLine<Item>(): Line<Item> {
  let items: Item[] = [];
  let head = 0;
  return {
    add: item => void items.push(item),
    take: () => {
      const item = items[head];
      if (item === undefined) return undefined;
      head += 1;
      // The taken half is dropped when it outweighs the rest.
      if (head * 2 > items.length) {
        items = items.slice(head);
        head = 0;
      }
      return item;
    },
  };
}

function added<Item>(set: Set<Item>, item: Item): Disposable {
  set.add(item);
  return { [Symbol.dispose]: () => void set.delete(item) };
}
