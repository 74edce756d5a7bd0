import type { Config, DiscordConfig } from '../config/config.ts';
import { discordReporterOf, githubReporterOf } from '../config/lightspeed/compile-listener.ts';
import type { Reporter } from '../contracts/reporter.ts';
import type { Event } from '../domain/event.ts';
import type { EventId, RunId } from '../domain/id.ts';
import type { Outcome } from '../domain/run.ts';
import { createDiscordReporter } from '../reporters/discord/reporter.ts';
import { createGithubReporter } from '../reporters/github.ts';
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
  { reports: { discord, hook }, lightspeed, github }: Config,
  needs: ReporterNeeds,
  more: {
    readonly redact: (text: string) => string;
    readonly runUrl: ((run: RunId) => string) | null;
    readonly now: () => number;
  },
): readonly Reporter[] {
  const channel = (name: string, discord: DiscordConfig): Reporter =>
    createDiscordReporter({ ...discord, ...needs, ...more, name, memory: needs.memoryOf(name) });
  return [
    ...(discord === null ? [] : [channel('discord', discord)]),
    ...(lightspeed?.listeners ?? []).flatMap(listener => [
      ...(listener.discord === null
        ? []
        : [channel(discordReporterOf(listener.name), { ...listener.discord, when: ['always'] })]),
      ...(listener.githubToken === null
        ? []
        : [
            {
              ...createGithubReporter({
                token: listener.githubToken,
                api: github?.api ?? 'https://api.github.com',
                runUrl: more.runUrl,
              }),
              name: githubReporterOf(listener.name),
            },
          ]),
    ]),
    ...(hook === null ? [] : [createHookReporter({ ...hook, ...needs, ...more })]),
  ];
}
