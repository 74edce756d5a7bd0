import { abandoned } from '../contracts/executor.ts';
import type { Ticket } from '../contracts/store.ts';
import type { AgentEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';
import { type AttemptNeeds, type AttemptOptions, attempt, type Granted } from './attempt.ts';
import type { Drain } from './drain.ts';
import { insist } from './insist.ts';
import { loop } from './loop.ts';

export interface WorkNeeds extends Omit<AttemptNeeds, 'agent'> {
  readonly agent: Pick<AgentEnd, 'receive' | 'claim' | 'news' | 'onCancel'>;
  /** While it is on, nothing new is taken. */
  readonly drain: Pick<Drain, 'isOn' | 'change'>;
}

export interface WorkOptions extends AttemptOptions {
  readonly pools: readonly string[];
  readonly slots: number;
  readonly heartbeatMs: number;
}

/** So that a lease has room for two that get lost. */
export const beatsPerLease = 3;
/** A claim that got no answer is repeated after this. */
const claimAgainMs = 1_000;
/** An agent that drains is woken when it is to go on, and needs no time to look by itself. */
const lookAgainMs = 60_000;

/**
 * An agent's life: takes tickets, claims their runs, and sees each attempt through to its news. When `drain` aborts it
 * takes nothing new and resolves after what runs has ended; when `abandon` aborts it ends what runs and says nothing of it:
 * it will be found lost.
 */
export async function work(
  needs: WorkNeeds,
  options: WorkOptions,
  life: { readonly drain: AbortSignal; readonly abandon: AbortSignal },
): Promise<void> {
  const held = new Map<RunId, { readonly attempt: number; readonly abort: AbortController }>();
  const abandonAll = () => {
    for (const { abort } of held.values()) abort.abort(abandoned);
  };
  life.abandon.addEventListener('abort', abandonAll);
  const over = new AbortController();
  let { heartbeatMs } = options;
  let sooner = new AbortController();
  const beating = loop(needs, 'heartbeat', over.signal, async () => {
    const runs = [...held].map(([run, { attempt }]) => ({ run, attempt }));
    // What did not arrive is said again soon: a lease has room for few silent beats.
    if (runs.length > 0) await needs.agent.news(options.name, { kind: 'alive', runs });
    const change = AbortSignal.any([sooner.signal, over.signal]);
    await needs.clock.sleep(heartbeatMs, change).catch(() => undefined);
  });
  try {
    await Promise.all(Array.from({ length: options.slots }, serveSlot));
  } finally {
    life.abandon.removeEventListener('abort', abandonAll);
    over.abort();
    await beating;
  }

  /** Takes a ticket at a time, but for when the agent drains: no slot waits for what another one has to end. */
  async function serveSlot(): Promise<void> {
    while (!life.drain.aborted) {
      const stop = AbortSignal.any([life.drain, needs.drain.change()]);
      if (needs.drain.isOn()) await needs.clock.sleep(lookAgainMs, stop).catch(() => undefined);
      else {
        await needs.agent.receive(options.pools, 1, take, stop);
        // There is nothing to be taken, and never will be.
        if (!stop.aborted) return;
      }
    }
  }

  /** Leases may have become shorter since this agent began: a beat at the old pace would come too late. */
  function keepUp(leaseMs: number): void {
    const mostMs = Math.floor(leaseMs / beatsPerLease);
    if (mostMs >= heartbeatMs) return;
    heartbeatMs = mostMs;
    sooner.abort();
    sooner = new AbortController();
  }

  /** Asks until there is an answer. Throws when it is over before: a ticket must not be settled because a claim got lost. */
  async function claimed(run: RunId): Promise<Granted | undefined> {
    const id = needs.clock.unique();
    while (!life.drain.aborted) {
      try {
        const claim = await needs.agent.claim(options.name, run, id);
        return claim.result === 'granted' ? claim : undefined;
      } catch (error) {
        needs.journal.note({ kind: 'trouble', where: `claim of ${run}`, error });
        await needs.clock.sleep(claimAgainMs, life.drain).catch(() => undefined);
      }
    }
    throw new SignalboxError('unavailable', `nobody has answered the claim of ${run}: its ticket goes back`);
  }

  async function take(ticket: Ticket): Promise<void> {
    // From before the claim: a cancel may come before the claim's answer does, and is for one attempt alone.
    const cancels = new Map<number, AbortController>();
    const abortOf = (attempt: number): AbortController => {
      const abort = cancels.get(attempt) ?? new AbortController();
      cancels.set(attempt, abort);
      return abort;
    };
    using _cancels = needs.agent.onCancel(options.name, (run, attempt, reason) => {
      if (run === ticket.run) abortOf(attempt).abort(reason);
    });
    const claim = await claimed(ticket.run);
    if (claim === undefined) return;
    const { run } = claim;
    const abort = abortOf(run.attempt);
    // A claim that had to be repeated may have been cancelled while nobody knew who holds it.
    if (run.status.state === 'running' && run.status.cancelling !== null)
      abort.abort(run.status.cancelling.reason);
    held.set(run.id, { attempt: run.attempt, abort });
    keepUp(claim.leaseMs);
    if (life.abandon.aborted) abort.abort(abandoned);
    try {
      await seeThrough(claim, abort.signal);
    } catch (error) {
      // The log or the news could not be stored: the run keeps its lease, and is found when that is over.
      needs.journal.note({ kind: 'trouble', where: `run ${run.id}`, error });
    } finally {
      held.delete(run.id);
    }
  }

  async function seeThrough(claim: Granted, signal: AbortSignal): Promise<void> {
    const { run, leaseMs } = claim;
    // Heartbeats go on meanwhile. Who cannot be told for as long as a lease has given the run up, or will.
    const agent: AttemptNeeds['agent'] = {
      news: word =>
        insist(needs, `news of ${run.id}`, () => needs.agent.news(options.name, word), leaseMs, life.abandon),
    };
    const ending = await attempt({ ...needs, agent }, options, claim, signal);
    if (signal.reason === abandoned) return;
    const news = { kind: 'finished', attempt: run.attempt, at: needs.clock.now(), ending } as const;
    await agent.news({ kind: 'news', run: run.id, news });
  }
}
