import type { Reported, Reporter } from '../../contracts/reporter.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId, RunId } from '../../domain/id.ts';
import { goodness, isOccasion, type Occasion } from '../../domain/occasion.ts';
import type { Report } from '../../domain/report.ts';
import type { Outcome } from '../../domain/run.ts';
import { tell } from '../http-report.ts';
import { createNotes, type Memory } from '../notes.ts';
import { mentionsIn } from './mentions.ts';
import { endMessage, startMessage } from './message.ts';

export interface DiscordOptions {
  readonly name: string;
  /** Of the webhook. Whoever knows it may write there: it is never told. */
  readonly url: string;
  /** Stands before what is worth calling somebody for; empty: nobody is called. */
  readonly mention: string;
  readonly when: readonly Occasion[];
  /** The page of a run for people; null when there is none that others can open. */
  readonly runUrl: ((run: RunId) => string) | null;
  readonly eventOf: (id: EventId) => Promise<Event | undefined>;
  readonly previousOutcome: (run: RunId) => Promise<Outcome | null>;
  /** The last lines of what a run printed. */
  readonly tailOf: (run: RunId, lines: number) => Promise<readonly string[]>;
  /** What was told is found again by this, and not told twice. */
  readonly memory: Memory;
  readonly redact: (text: string) => string;
}

/** More would not fit into a message. */
const tailLines = 200;

/** Writes into a channel of Discord that a run has started (where that is always told), and how it has ended. */
export function createDiscordReporter(options: DiscordOptions): Reporter {
  const { name, url, mention, when, redact } = options;
  const notes = createNotes(options.memory);
  const isAlways = when.includes('always');

  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    try {
      const told = await notes.find(report.run);
      const next = await messageFor(report, told);
      if (next === null) return { result: 'sent' };
      const sent = await post(next.content, signal);
      if (sent.result === 'sent') await notes.write(report.run, next.note);
      return sent;
    } catch (error) {
      // What the message is made from cannot be read now.
      return {
        result: 'retry',
        error: redact(error instanceof Error ? error.message : String(error)),
        afterMs: null,
      };
    }
  }

  /** What is to be said, and what is to be noted of it; null: nothing, or it was said already. */
  async function messageFor(report: Report, told: string | null) {
    const { status, run } = report;
    if (status.state === 'running' && isAlways && told === null)
      return { content: startMessage(mention, report, await options.eventOf(report.event)), note: 'started' };
    const note = `ended ${report.version}`;
    if (status.state !== 'finished' || told === note) return null;
    const { outcome } = status;
    const previous = await options.previousOutcome(run);
    if (!when.some(occasion => isOccasion(occasion, outcome, previous))) return null;
    const isBad = goodness(outcome) === 'bad';
    // Whom the start has called need not be called for a success again.
    const called = isBad || !isAlways ? mention : '';
    const tail = isBad ? await options.tailOf(run, tailLines) : null;
    const page = options.runUrl?.(run) ?? null;
    const event = await options.eventOf(report.event);
    return { content: endMessage(called, report, event, { tail: tail?.map(redact) ?? null, page }), note };
  }

  const post = (content: string, signal: AbortSignal): Promise<Reported> =>
    tell(
      {
        forge: 'Discord',
        url,
        headers: {},
        body: { content: redact(content), allowed_mentions: mentionsIn(mention) },
        // The last part of its path is what opens it.
        secret: new URL(url).pathname.split('/').at(-1) ?? '',
        refusal,
      },
      signal,
    );

  return { name, report };
}

function refusal(status: number): string {
  switch (status) {
    case 401:
    case 403:
    case 404:
      return 'there is no such webhook any more; make a new one and write its address into url';
    case 400:
      return 'it does not take the message';
    default:
      return 'not an answer that a webhook of Discord is known to give; check url';
  }
}
