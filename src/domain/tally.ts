import type { VerdictWord } from './verdict.ts';

/** An event, as far as it is counted: when it came, and what each rule said to it. */
export interface JudgedEvent {
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly verdicts: readonly { readonly rule: string; readonly verdict: VerdictWord }[];
}

/** How often a rule was asked, and how often the event was one of its own. */
export interface RuleTally {
  readonly asked: number;
  /** Also those that wait for an approval: its conditions held. */
  readonly matched: number;
  readonly lastMatchAt: number | null;
}

export const neverAsked: RuleTally = { asked: 0, matched: 0, lastMatchAt: null };

/** What each rule made of events, by its name. */
export function tallyRules(events: readonly JudgedEvent[]): ReadonlyMap<string, RuleTally> {
  const tallies = new Map<string, RuleTally>();
  for (const { receivedAt, verdicts } of events)
    for (const { rule, verdict } of verdicts) {
      const { asked, matched, lastMatchAt } = tallies.get(rule) ?? neverAsked;
      const isMatch = verdict === 'matched' || verdict === 'blocked';
      tallies.set(rule, {
        asked: asked + 1,
        matched: matched + (isMatch ? 1 : 0),
        lastMatchAt: isMatch ? Math.max(receivedAt, lastMatchAt ?? 0) : lastMatchAt,
      });
    }
  return tallies;
}

/** The events of an hour, each once: by the verdict that most needs to be seen. */
export interface HourTally {
  /** When the hour begins, milliseconds since 1970. */
  readonly at: number;
  readonly error: number;
  readonly blocked: number;
  readonly matched: number;
  /** Also those that no rule was asked about. */
  readonly notMatched: number;
}

const hourMs = 3_600_000;

/** Counts events by the hour, from the hour of one time to that of another. */
export function tallyHours(
  events: readonly JudgedEvent[],
  from: number,
  until: number,
): readonly HourTally[] {
  const first = hourOf(from);
  const length = Math.max(0, hourOf(until) - first + 1);
  const hours = Array.from({ length }, (_, n) => ({
    at: (first + n) * hourMs,
    error: 0,
    blocked: 0,
    matched: 0,
    notMatched: 0,
  }));
  for (const { receivedAt, verdicts } of events) {
    const hour = hours[hourOf(receivedAt) - first];
    if (hour !== undefined) hour[weightiest(verdicts)] += 1;
  }
  return hours;
}

const hourOf = (at: number): number => Math.floor(at / hourMs);

function weightiest(verdicts: JudgedEvent['verdicts']): Exclude<keyof HourTally, 'at'> {
  const said = new Set(verdicts.map(({ verdict }) => verdict));
  if (said.has('error')) return 'error';
  if (said.has('blocked')) return 'blocked';
  return said.has('matched') ? 'matched' : 'notMatched';
}
