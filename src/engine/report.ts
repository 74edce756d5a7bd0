import type { Clock } from '../contracts/clock.ts';
import type { Reported, Reporter } from '../contracts/reporter.ts';
import type { OutboxEntry, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { createBell } from './bell.ts';
import type { Journal, Note } from './journal.ts';
import { loop } from './loop.ts';
import { untilDue } from './until-due.ts';

/** Reports under way at once: a slow forge must not hold up the others, nor be flooded. */
const mostAtOnce = 16;
/** Longer than any reporter may take for one report. */
const takenMs = 60_000;
/** How often it is looked whether the last reports are out. */
const lookAgainMs = 20;

/**
 * Wait after the n-th failed try:
 *
 *   1     2     3      4      5      6       7       8     then
 *   1 s   5 s   15 s   1 min  5 min  15 min  30 min  1 h   1 h …
 *
 * After 30 tries (about a day) nobody is waiting for a commit status any more.
 */
const waitsMs = [1_000, 5_000, 15_000, 60_000, 300_000, 900_000, 1_800_000, 3_600_000];
const mostTries = 30;

interface ReportNeeds {
  readonly store: Pick<Store, 'takeOutbox' | 'settle' | 'postpone' | 'giveUp' | 'nextDue'>;
  readonly control: Pick<ControlEnd, 'onHint'>;
  readonly reporters: () => readonly Reporter[];
  readonly clock: Clock;
  readonly journal: Journal;
}

/**
 * Tells the outside what the outbox holds until `drain`; what is being told then is told to its end, or `abandon`ed.
 * One report per subject at a time, the newest state only.
 */
export async function report(
  needs: ReportNeeds,
  life: { readonly drain: AbortSignal; readonly abandon: AbortSignal },
): Promise<void> {
  using bell = createBell(needs, 'report');
  const telling = new Set<Promise<void>>();
  await loop(needs, 'report', life.drain, async () => {
    const now = needs.clock.now();
    const room = mostAtOnce - telling.size;
    const entries = room === 0 ? [] : await needs.store.takeOutbox('report', now, room, now + takenMs);
    for (const entry of entries) {
      const told = tell(needs, entry, life.abandon)
        .catch(error => needs.journal.note({ kind: 'trouble', where: `report ${entry.key}`, error }))
        .finally(() => {
          telling.delete(told);
          // There is room for one more, and what has replaced this one is due.
          bell.ring();
        });
      telling.add(told);
    }
    const waitMs = telling.size === mostAtOnce ? takenMs : await untilDue(needs, 'report');
    await bell.wait(waitMs, life.drain);
  });
  await Promise.all(telling);
}

/** Tells one report, and keeps what became of it. */
async function tell(needs: ReportNeeds, entry: OutboxEntry, abandon: AbortSignal): Promise<void> {
  if (entry.kind !== 'report') return;
  const { reporter: name, run } = entry.report;
  const reporter = needs.reporters().find(reporter => reporter.name === name);
  const told = reporter === undefined ? notConfigured(name) : await reporter.report(entry.report, abandon);
  if (abandon.aborted && told.result === 'retry') return;
  const result = await keep(needs, entry, told);
  const error = told.result === 'sent' ? null : told.error;
  needs.journal.note({ kind: 'report.told', reporter: name, run, result, error });
}

async function keep(
  { store, clock }: ReportNeeds,
  entry: OutboxEntry,
  told: Reported,
): Promise<Extract<Note, { kind: 'report.told' }>['result']> {
  switch (told.result) {
    case 'sent':
      await store.settle(entry);
      return 'sent';
    case 'retry': {
      if (entry.tries + 1 >= mostTries) break;
      const waitMs = Math.max(told.afterMs ?? 0, waitsMs[Math.min(entry.tries, waitsMs.length - 1)] ?? 0);
      await store.postpone(entry, clock.now() + waitMs, told.error);
      return 'postponed';
    }
    case 'refused':
      break;
  }
  await store.giveUp(entry, told.error);
  return 'given up';
}

const notConfigured = (name: string): Reported => ({
  result: 'refused',
  error: `reporter "${name}" is not configured any more`,
});

/**
 * Resolves when no report is being told, or waits to be told now; after `mostMs` at the latest, and at once when the
 * signal aborts.
 */
export async function reportsAreOut(
  { store, clock }: { readonly store: Pick<Store, 'isSending'>; readonly clock: Clock },
  mostMs: number,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.now() + mostMs;
  while (!signal.aborted && clock.now() < until && (await store.isSending('report', clock.now())))
    await clock.sleep(lookAgainMs, signal).catch(() => undefined);
}
