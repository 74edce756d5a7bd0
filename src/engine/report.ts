import type { Clock } from '../contracts/clock.ts';
import type { Reporter } from '../contracts/reporter.ts';
import type { OutboxEntry, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { createBell } from './bell.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

/** Reports under way at once: a slow forge must not hold up the others, nor be flooded. */
const batch = 16;
/** Longer than any reporter may take for one report. */
const takenMs = 60_000;
const longestWaitMs = 5_000;
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

/**
 * Tells the outside what the outbox holds until `drain`; what is being told then is told to its end, or `abandon`ed.
 * One report per subject at a time, the newest state only.
 */
export async function report(
  needs: {
    readonly store: Pick<Store, 'takeOutbox' | 'settle' | 'postpone' | 'giveUp' | 'nextDue'>;
    readonly control: Pick<ControlEnd, 'onHint' | 'hint'>;
    readonly reporters: () => readonly Reporter[];
    readonly clock: Clock;
    readonly journal: Journal;
  },
  life: { readonly drain: AbortSignal; readonly abandon: AbortSignal },
): Promise<void> {
  using bell = createBell(needs, 'report');
  await loop(needs, 'report', life.drain, async () => {
    const now = needs.clock.now();
    const entries = await needs.store.takeOutbox('report', now, batch, now + takenMs);
    await Promise.all(entries.map(tell));
    if (entries.length > 0) return;
    const due = await needs.store.nextDue('report');
    const waitMs =
      due === null ? longestWaitMs : Math.min(Math.max(due - needs.clock.now(), 10), longestWaitMs);
    await bell.wait(waitMs, life.drain);
  });

  async function tell(entry: OutboxEntry): Promise<void> {
    if (entry.kind !== 'report') return;
    const { reporter: name, run } = entry.report;
    const reporter = needs.reporters().find(reporter => reporter.name === name);
    const told = reporter === undefined ? refused(name) : await reporter.report(entry.report, life.abandon);
    if (life.abandon.aborted && told.result === 'retry') return;
    switch (told.result) {
      case 'sent':
        await needs.store.settle(entry);
        needs.journal.note({ kind: 'report.told', reporter: name, run, result: 'sent', error: null });
        break;
      case 'retry': {
        const waitMs = Math.max(told.afterMs ?? 0, waitsMs[Math.min(entry.tries, waitsMs.length - 1)] ?? 0);
        if (entry.tries + 1 >= mostTries) await needs.store.giveUp(entry, told.error);
        else await needs.store.postpone(entry, needs.clock.now() + waitMs, told.error);
        needs.journal.note({
          kind: 'report.told',
          reporter: name,
          run,
          result: 'postponed',
          error: told.error,
        });
        break;
      }
      case 'refused':
        await needs.store.giveUp(entry, told.error);
        needs.journal.note({
          kind: 'report.told',
          reporter: name,
          run,
          result: 'given up',
          error: told.error,
        });
        break;
    }
  }
}

const refused = (name: string) => ({
  result: 'refused' as const,
  error: `reporter "${name}" is not configured any more`,
});

/** Resolves when no report waits to be sent now, or after `mostMs`. */
export async function reportsAreOut(
  needs: { readonly store: Pick<Store, 'nextDue'>; readonly clock: Clock },
  mostMs: number,
): Promise<void> {
  const until = needs.clock.now() + mostMs;
  const never = new AbortController().signal;
  for (;;) {
    const due = await needs.store.nextDue('report');
    const now = needs.clock.now();
    if (due === null || due > now || now >= until) return;
    await needs.clock.sleep(lookAgainMs, never);
  }
}
