import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { blankEvent, type Event } from '../../domain/event.ts';
import { deliveryId, eventId, runId } from '../../domain/id.ts';
import { migrate } from '../migrate.ts';
import { migrations } from '../migrations/all.ts';
import { reads, writes } from '../operations.ts';
import { compile, type Prepared, type SqlValues } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';
import { sqliteBuilder, sqliteTypes } from './dialect.ts';
import { createSession } from './session.ts';

/** Runs an operation and says how SQLite goes about each of its queries. */
async function plansOf(work: (tx: Transaction) => Promise<unknown>): Promise<string[]> {
  using database = new DatabaseSync(':memory:');
  const session = createSession(database, 'BEGIN IMMEDIATE');
  const plans: string[] = [];
  await session.transaction(async tx => {
    await migrate(tx, migrations, { schema: sqliteBuilder.schema, types: sqliteTypes });
    function explain<Values extends SqlValues>(query: Prepared<Values, unknown>, values: Values): void {
      const compiled = compile(sqliteBuilder, query);
      const steps = database.prepare(`explain query plan ${compiled.sql}`).all(...compiled.bind(values));
      plans.push(...steps.map(({ detail }) => String(detail)));
    }
    await writes.admit(tx, { delivery: null, event: sample, verdicts: [], runs: [], position: null });
    await work({
      now: 0,
      all: (query, values) => {
        explain(query, values);
        return tx.all(query, values);
      },
      run: (query, values) => {
        explain(query, values);
        return tx.run(query, values);
      },
      write: (query, values) => {
        explain(query, values);
        tx.write(query, values);
      },
    });
  });
  return plans;
}

const unique = '0'.repeat(26);
const event = eventId(unique);
const run = runId(unique);
const repo = { forge: 'github', name: 'x', url: 'https://example.org/x', defaultBranch: null };
const sample: Event = {
  ...blankEvent('push'),
  id: event,
  source: 'x',
  delivery: deliveryId(unique),
  receivedAt: 0,
  replayOf: null,
  repo,
};

const pipelinesOf = (repo: string, commits: readonly string[] | null) => ({
  filter: { repo, commits, kinds: null },
  page: { limit: 50, after: eventId('z'.repeat(26)) },
});

const questions: Record<string, (tx: Transaction) => Promise<unknown>> = {
  feed: tx => reads.feed(tx, { after: 7, limit: 50 }),
  'the end of the feed': tx => reads.feedEnd(tx),
  refusals: tx => reads.refusals(tx, { limit: 50, after: '7' }),
  'the latest verdicts': tx => reads.verdicts(tx, 50),
  'one event': tx => reads.event(tx, event),
  'one event alone': tx => reads.bareEvent(tx, event),
  'a delivery id': tx => reads.isKnown(tx, { source: 'x', deliveryId: 'y' }),
  'one run': tx => reads.run(tx, run),
  'what runs': tx => reads.running(tx),
  counts: tx => reads.counts(tx),
  'a repository': tx => reads.repo(tx, 'x'),
  'the repositories of a source': tx => reads.repos(tx, { source: 'x', limit: 50 }),
  'known deliveries': tx => reads.knownDeliveries(tx, { source: 'x', ids: ['x'] }),
  'what is due next': tx => reads.nextDue(tx, 'report'),
  'what is being sent': tx => reads.isSending(tx, { kind: 'report', now: 1 }),
  'taking from the outbox': tx => writes.takeOutbox(tx, { kind: 'ticket', now: 1, limit: 50, takenUntil: 2 }),
  'tickets again': tx => writes.ticketAgain(tx, { pool: null, after: run, limit: 50 }),
  'tickets of a pool again': tx => writes.ticketAgain(tx, { pool: 'x', after: run, limit: 50 }),
  'how many runs pools have': tx => reads.poolCounts(tx),
  'what may be forgotten': tx => reads.forgettable(tx, { before: 1, limit: 50 }),
  'forgetting events': tx => writes.forgetEvents(tx, [event]),
  'the run of a workflow': tx => reads.workflowRun(tx, { knot: 'x', rkey: '3x', name: 'ci.yml' }),
  'a pipeline': tx => reads.pipeline(tx, { knot: null, rkey: '3x' }),
  'a pipeline of a knot': tx => reads.pipeline(tx, { knot: 'x', rkey: '3x' }),
  'pipelines of a repository': tx => reads.pipelines(tx, pipelinesOf('x', null)),
  'pipelines of commits': tx => reads.pipelines(tx, pipelinesOf('x', ['a', 'b'])),
  announcements: tx => reads.announcements(tx, { after: 7n, limit: 50 }),
  'the end of the announcements': tx => reads.announcementsEnd(tx),
  announcing: tx => writes.announce(tx, { records: [], position: { source: 'x', position: 1 } }),
  'forgetting announcements': tx => writes.forgetAnnouncements(tx, { before: 1, limit: 50 }),
  'using a token': tx =>
    writes.useToken(tx, {
      token: { issuer: 'x', hash: 'y', expiresAt: 1 },
      most: { all: 1, ofIssuer: 1 },
      now: 0,
    }),
  'forgetting delivery ids': tx => writes.forgetDeliveryIds(tx, { before: 1, limit: 50 }),
};
for (const source of [null, 'x'])
  for (const type of [null, 'push'] as const)
    for (const repo of [null, 'x'])
      questions[`events of source ${source}, type ${type}, repository ${repo}`] = tx =>
        reads.events(tx, {
          filter: { source, type, repo },
          page: { limit: 50, after: eventId('z'.repeat(26)) },
        });
for (const state of [null, 'queued'] as const)
  for (const rule of [null, 'x'])
    for (const its of [null, event])
      questions[`runs of state ${state}, rule ${rule}, event ${its}`] = tx =>
        reads.runs(tx, { filter: { state, rule, event: its }, page: { limit: 50, after: run } });

// The numbers of rows do not matter for these: a plan that sorts nothing and reads no table from end to end is as quick
// among a million as among ten.
for (const [name, ask] of Object.entries(questions))
  test(`A86: ${name}: found by an index, in order`, async () => {
    const plans = await plansOf(ask);
    assert.ok(plans.length > 0);
    for (const step of plans) {
      assert.doesNotMatch(step, /TEMP B-TREE/, plans.join('\n'));
      // Walking along an index, or along rows that are numbered in order, is fine: a limit ends it.
      if (step.startsWith('SCAN'))
        assert.match(step, /USING COVERING INDEX|^SCAN (feed|refusal)$/, plans.join('\n'));
    }
  });
