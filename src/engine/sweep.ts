import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { RunId } from '../domain/id.ts';
import type { News } from '../domain/run.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

/**
 * After an outage an agent may need so long to speak again, however short leases are: until it tries to connect, until a
 * question that got lost is asked again, and a little for a busy machine.
 */
const speaksAgainMs = 15_000;
/** Deleted per step, so that intake never waits long behind the broom. */
const forgetBatch = 100;

export interface BuryNeeds {
  readonly store: Pick<Store, 'running' | 'amend'>;
  readonly control: Pick<ControlEnd, 'hint'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface SweepNeeds extends BuryNeeds {
  readonly control: Pick<ControlEnd, 'hint' | 'link'>;
}

export interface ForgetNeeds {
  readonly store: Pick<Store, 'forgetEvents' | 'forgetLogs' | 'forgetDeliveryIds' | 'forgetAnnouncements'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/**
 * Finds attempts whose agent has gone silent and gives their runs a new attempt or the outcome `lost`.
 *
 * When this process itself was asleep (stopped, suspended, or the clock was set), could not reach the store, or was cut off
 * from its agents, their words are still waiting to be heard, so no lease is ended until one and a half leases after that; in the
 * last case not before they can have spoken again, either.
 */
export async function sweepLeases(needs: SweepNeeds, leaseMs: number, signal: AbortSignal): Promise<void> {
  const everyMs = Math.max(100, Math.floor(leaseMs / 4));
  let expected = needs.clock.now();
  let lenientUntil = 0;
  let hasFailed = false;
  await loop(needs, 'sweep', signal, async () => {
    const now = needs.clock.now();
    if (hasFailed || Math.abs(now - expected) > leaseMs / 2) lenientUntil = now + leaseMs * 1.5;
    if (lenientUntil > now + leaseMs * 1.5) lenientUntil = 0; // the clock went back
    hasFailed = true;
    const running = await needs.store.running();
    if (now >= lenientUntil && isHearing(needs, now, Math.max(leaseMs * 1.5, speaksAgainMs)))
      await expire(needs, running, now);
    hasFailed = false;
    // From the turn's start: a clock that is set during the turn must be noticed as well.
    expected = now + everyMs;
    await needs.clock.sleep(everyMs, signal);
  });
}

/** Whether agents have been able to speak for so long. A clock that was set back does not make them mute. */
function isHearing({ control }: SweepNeeds, now: number, forMs: number): boolean {
  const link = control.link();
  return link.state === 'up' && (now < link.since || now - link.since >= forMs);
}

/** Ends the leases that are over at `now`. */
async function expire(
  needs: BuryNeeds,
  running: Awaited<ReturnType<Store['running']>>,
  now: number,
): Promise<void> {
  for (const { run, leaseUntil } of running)
    if (leaseUntil <= now) await lose(needs, run, { kind: 'lease-checked', at: now });
}

/** Ends all leases of an agent that is known to be dead; returns the runs it had. */
export async function buryAgent(needs: BuryNeeds, agent: string, reason: string): Promise<readonly RunId[]> {
  const its = (await needs.store.running()).filter(held => held.agent === agent);
  for (const { run } of its)
    await lose(needs, run, { kind: 'agent-gone', agent, at: needs.clock.now(), reason });
  return its.map(({ run }) => run);
}

async function lose(needs: BuryNeeds, id: RunId, news: News): Promise<void> {
  const amended = await needs.store.amend(id, news);
  if (amended.result !== 'amended') return;
  for (const hint of ['feed', 'report', 'ticket', `log:${id}`] as const) needs.control.hint(hint);
  const { status } = amended.run;
  const reason = status.state === 'queued' || status.state === 'finished' ? (status.reason ?? '') : '';
  needs.journal.note({ kind: 'run.lost', run: amended.run, reason });
  if (status.state === 'finished') needs.journal.note({ kind: 'run.finished', run: amended.run });
}

/** Forgets what is older than the retention says, a little at a time. */
export async function sweepOld(
  needs: ForgetNeeds,
  keep: {
    readonly eventsMs: number;
    readonly deliveryIdsMs: number;
    readonly logsMs: number;
    readonly logsTotalBytes: number;
    readonly everyMs: number;
    readonly pauseMs: number;
  },
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, 'retention', signal, async () => {
    const now = needs.clock.now();
    const steps = [
      () => needs.store.forgetEvents(now - keep.eventsMs, forgetBatch),
      () =>
        needs.store.forgetLogs(
          { before: now - keep.logsMs, totalBytes: keep.logsTotalBytes, now },
          forgetBatch,
        ),
      () => needs.store.forgetDeliveryIds(now - keep.deliveryIdsMs, forgetBatch),
      () => needs.store.forgetAnnouncements(now - keep.eventsMs, forgetBatch),
    ];
    for (const step of steps)
      while ((await step()) === forgetBatch) await needs.clock.sleep(keep.pauseMs, signal);
    await needs.clock.sleep(keep.everyMs, signal);
  });
}
