import type { Config } from '../config/config.ts';
import type { Reporter } from '../contracts/reporter.ts';
import type { Event } from '../domain/event.ts';
import type { EventId, RunId } from '../domain/id.ts';
import type { Outcome } from '../domain/run.ts';
import { createDiscordReporter } from '../reporters/discord/reporter.ts';
import { createHookReporter } from '../reporters/hook/reporter.ts';
import type { Memory } from '../reporters/notes.ts';

/** What reporters may want to know beside a report. */
export interface ReporterNeeds {
  readonly eventOf: (id: EventId) => Promise<Event | undefined>;
  /** How the run before it ended; null: there was none. */
  readonly previousOutcome: (run: RunId) => Promise<Outcome | null>;
  /** The last lines of what a run printed. */
  readonly tailOf: (run: RunId, lines: number) => Promise<readonly string[]>;
  /** What reporters keep over restarts, each for itself. */
  readonly memoryOf: (reporter: string) => Memory;
}

/** Makes the reporters that are no forge's. */
export function reportersOf(
  { reports: { discord, hook } }: Config,
  needs: ReporterNeeds,
  more: {
    readonly redact: (text: string) => string;
    readonly runUrl: ((run: RunId) => string) | null;
    readonly now: () => number;
  },
): readonly Reporter[] {
  return [
    ...(discord === null
      ? []
      : [
          createDiscordReporter({
            ...discord,
            ...needs,
            ...more,
            name: 'discord',
            memory: needs.memoryOf('discord'),
          }),
        ]),
    ...(hook === null ? [] : [createHookReporter({ ...hook, ...needs, ...more })]),
  ];
}
