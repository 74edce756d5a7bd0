import { Cron } from 'croner';
import { z } from 'zod';
import type { Clock } from '../contracts/clock.ts';
import type { StreamSource } from '../contracts/source.ts';
import { SignalboxError } from '../domain/errors.ts';
import { blankEvent, type NewEvent, type Repo } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { Rule } from '../domain/rule.ts';

/** New rules and a clock that was set are noticed after at most this. */
const longestWaitMs = 30_000;
/** A clock that goes back by less is waited for; by more, it had been wrong before, and it counts from now again. */
const longestStepBackMs = 24 * 3_600_000;

/** Up to when everything that was due has been told, for these rules with these schedules. */
interface Position {
  readonly at: number;
  readonly crons: Readonly<Record<string, string>>;
}
const position = z.object({ at: z.number(), crons: z.record(z.string(), z.string()) });

type ScheduledRule = Rule & { readonly schedule: NonNullable<Rule['schedule']> };

/**
 * An event for each rule whose time has come, named after that time, so that telling it twice is harmless. Times
 * missed while nobody listened make one event per rule, for the latest of them; a rule or schedule that is new since
 * then has missed nothing. Where clocks are put forward a skipped time comes right after the gap; where they are put
 * back a repeated time comes once (every minute or hour, marked by `*`, stays every minute or hour).
 */
export function createScheduleSource(options: {
  /** Asked again and again: a reload may have changed them. */
  readonly rules: () => readonly Rule[];
  /** IANA name; undefined: the machine's. */
  readonly timezone: string | undefined;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  readonly repoOf: (rule: Rule) => Promise<Repo | null>;
}): StreamSource {
  const { rules, timezone, clock, repoOf } = options;
  if (timezone !== undefined && !isTimezone(timezone))
    throw new SignalboxError('invalid', `sources.schedule.timezone: "${timezone}" is no time zone`);

  const times = (rule: ScheduledRule): Cron => parse(rule.schedule.cron, timezone);

  async function* listen(from: Json, signal: AbortSignal) {
    const known = position.safeParse(from);
    let last: Position = known.success ? known.data : { at: clock.now(), crons: {} };
    while (!signal.aborted) {
      const scheduled = rules().filter(hasSchedule);
      const now = clock.now();
      if (now < last.at - longestStepBackMs) last = { ...last, at: now };

      const events: NewEvent[] = [];
      for (const rule of scheduled) {
        if (last.crons[rule.name] !== rule.schedule.cron) continue;
        const due = latest(times(rule), last.at, now);
        if (due !== null) events.push(toEvent(rule, due, await repoOf(rule)));
      }
      const crons = Object.fromEntries(scheduled.map(rule => [rule.name, rule.schedule.cron]));
      const changed = !sameEntries(crons, last.crons);
      last = { at: Math.max(now, last.at), crons };
      if (events.length > 0 || changed) yield { events, delivery: null, position: { at: last.at, crons } };

      const waits = scheduled.map(rule => next(times(rule), last.at) - clock.now());
      await clock.sleep(Math.max(0, Math.min(longestWaitMs, ...waits)), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  return { kind: 'stream', name: 'schedule', listen };
}

/** Seconds are refused: a run per second is a program of its own. Lists and ranges of hours count as fixed times. */
const parse = (text: string, timezone: string | undefined): Cron =>
  new Cron(text, {
    mode: '5-part',
    fixedTimeRule: 'no-wildcard',
    ...(timezone === undefined ? {} : { timezone }),
  });

/** The latest due time after `since` and not after `now`. */
function latest(cron: Cron, since: number, now: number): number | null {
  // Schedules know whole seconds, and croner looks before its reference: the next second includes this one.
  const reference = new Date(Math.floor(now / 1000) * 1000 + 1000);
  const due = cron.previousRuns(1, reference)[0]?.getTime();
  return due === undefined || due <= since || due > now ? null : due;
}

const next = (cron: Cron, after: number): number =>
  cron.nextRun(new Date(after))?.getTime() ?? Number.POSITIVE_INFINITY;

function toEvent(rule: Rule, due: number, repo: Repo | null): NewEvent {
  const branch = repo?.defaultBranch ?? null;
  return {
    ...blankEvent('schedule'),
    action: rule.name,
    target: rule.name,
    deliveryId: `${rule.name}@${new Date(due).toISOString()}`,
    repo,
    ref: repo === null ? null : branch === null ? 'HEAD' : `refs/heads/${branch}`,
    branch,
  };
}

const hasSchedule = (rule: Rule): rule is ScheduledRule => rule.schedule !== null;

function sameEntries(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every(name => a[name] === b[name]);
}

function isTimezone(name: string): boolean {
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
