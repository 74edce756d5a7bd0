import type { Reported, Reporter } from '../../contracts/reporter.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId, RunId } from '../../domain/id.ts';
import type { Report } from '../../domain/report.ts';
import { guardedFetch } from '../../lib/guarded-fetch.ts';
import { tell } from '../http-report.ts';
import { messageOf } from './message.ts';
import { signatureHeaders } from './signature.ts';

export interface HookReporterOptions {
  readonly url: string;
  /** Of Standard Webhooks; a message is signed with each. At least one. */
  readonly secrets: readonly string[];
  readonly allowsPrivateHosts: boolean;
  readonly runUrl: ((run: RunId) => string) | null;
  readonly eventOf: (id: EventId) => Promise<Event | undefined>;
  readonly redact: (text: string) => string;
  readonly now: () => number;
}

/** Calls a webhook at each change of a run, signed as Standard Webhooks says. A repeated call has the same id. */
export function createHookReporter(options: HookReporterOptions): Reporter {
  const { url, secrets, runUrl, now } = options;

  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    let event: Event | undefined;
    try {
      event = await options.eventOf(report.event);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return { result: 'retry', error: why, afterMs: null };
    }
    const body = options.redact(JSON.stringify(messageOf(report, event, now(), runUrl)));
    const id = `${report.run}.${report.version}`;
    return tell(
      {
        forge: 'the webhook',
        url,
        headers: signatureHeaders(secrets, { id, atMs: now(), body }),
        body,
        // It is in no answer: only what it has signed was sent.
        secret: '',
        refusal: status =>
          status === 410
            ? 'it wants to hear nothing any more; take it out of the configuration'
            : 'it does not take the message; check reports.hook.url and the secret on both sides',
      },
      signal,
      options.allowsPrivateHosts ? fetch : guardedFetch,
    );
  }

  return { name: 'hook', report };
}
