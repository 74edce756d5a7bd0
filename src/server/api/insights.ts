import { z } from 'zod';
import type { Store } from '../../contracts/store.ts';
import { median, ownDuration } from '../../domain/durations.ts';
import { outcomes, type Run, runStates } from '../../domain/run.ts';
import { neverAsked, type RuleTally, tallyHours, tallyRules } from '../../domain/tally.ts';
import { iso, isoOrNull } from '../json/time.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { noBody, none } from './input.ts';

/** Counting these takes some milliseconds, however many events there are. */
const mostEvents = 2_000;
/** Each costs a look at its latest runs. */
const mostRules = 200;
/** As many as say what the next one will take. */
const latestRuns = 50;
/** As many as a glance takes in. */
const latestShown = 20;
/** Two days and nights: a night with nothing shows as one. */
const hoursShown = 48;
const hourMs = 3_600_000;

const ruleInsightSchema = z
  .object({
    rule: z.string(),
    asked: z.int().describe('how many of the events it was asked about'),
    matched: z.int().describe('for how many its conditions held'),
    lastMatchAt: z.iso.datetime().nullable(),
    medianMs: z.number().nullable(),
    latest: z
      .array(
        z.object({
          id: z.string(),
          state: z.enum(runStates),
          outcome: z.enum(outcomes).nullable(),
        }),
      )
      .describe('its latest runs, newest first'),
  })
  .meta({ id: 'RuleInsight' });

export const showRuleInsights: Endpoint = endpoint({
  id: 'showRuleInsights',
  summary: `How the rules in force have fared, the first ${mostRules} of them or the one that is named: what they made of the latest events, and how their latest runs went`,
  params: none,
  query: z.strictObject({ rule: z.string().optional() }),
  body: noBody,
  errors: [],
  status: 200,
  answer: z.object({
    events: z.int().describe(`how many events were looked at: the latest, at most ${mostEvents}`),
    since: z.iso.datetime().nullable().describe('when the first of these came'),
    items: z.array(ruleInsightSchema),
  }),
  handle: async ({ store, rules }, { query }) => {
    const events = await store.verdicts(mostEvents);
    const tallies = tallyRules(events);
    const asked = rules().filter(({ name }) => query.rule === undefined || name === query.rule);
    const items = asked
      .slice(0, mostRules)
      .map(async ({ name }) => insightOf(name, tallies.get(name) ?? neverAsked, await runsOf(store, name)));
    return {
      events: events.length,
      since: isoOrNull(events.at(-1)?.receivedAt ?? null),
      items: await Promise.all(items),
    };
  },
});

async function runsOf(store: Pick<Store, 'runs'>, rule: string): Promise<readonly Run[]> {
  return (await store.runs({ state: null, rule, event: null }, { limit: latestRuns, after: null })).items;
}

function insightOf(rule: string, { lastMatchAt, ...counted }: RuleTally, runs: readonly Run[]) {
  // It may have matched before all of the events that were looked at.
  const started = runs.find(({ rerunOf }) => rerunOf === null)?.queuedAt ?? null;
  return {
    rule,
    ...counted,
    lastMatchAt: isoOrNull(lastMatchAt ?? started),
    medianMs: median(runs.flatMap(({ status }) => ownDuration(status) ?? [])),
    latest: runs.slice(0, latestShown).map(({ id, status }) => ({
      id,
      state: status.state,
      outcome: status.state === 'finished' ? status.outcome : null,
    })),
  };
}

const count = z.int();

export const showEventInsights: Endpoint = endpoint({
  id: 'showEventInsights',
  summary: 'How many events came in each of the last hours, each counted by its weightiest verdict',
  params: none,
  query: none,
  body: noBody,
  errors: [],
  status: 200,
  answer: z.object({
    since: z.iso
      .datetime()
      .describe(
        `from when on all are counted: ${hoursShown} hours, or as long as the latest ${mostEvents} took`,
      ),
    hours: z.array(
      z.object({
        at: z.iso.datetime(),
        error: count,
        blocked: count,
        matched: count,
        notMatched: count,
      }),
    ),
  }),
  handle: async ({ store, clock }) => {
    const events = await store.verdicts(mostEvents);
    const now = clock.now();
    const from = (Math.floor(now / hourMs) - hoursShown + 1) * hourMs;
    const oldest = events.at(-1)?.receivedAt ?? from;
    const since = events.length < mostEvents ? from : Math.max(from, oldest);
    return {
      since: iso(since),
      hours: tallyHours(events, since, now).map(hour => ({ ...hour, at: iso(hour.at) })),
    };
  },
});
