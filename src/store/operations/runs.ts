import type { Page, Paged, RunDetail, RunFilter, Store } from '../../contracts/store.ts';
import { parseRunId, type RunId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';
import { cursorOf, pageOf } from './page.ts';
import { reportStates } from './reports.ts';
import { findRun, runOf } from './run-rows.ts';

/** A page of runs, newest first. */
export async function runs(
  tx: Transaction,
  { filter, page }: { readonly filter: RunFilter; readonly page: Page },
): Promise<Paged<Run>> {
  const rows = await tx.all(newestFirst(filter, cursorOf(page, parseRunId), page.limit + 1), {});
  const { items, next } = pageOf(rows, page.limit, row => row.id);
  return { items: items.map(runOf), next };
}

/** All that is known of a run. */
export async function run(tx: Transaction, id: RunId): Promise<RunDetail | undefined> {
  const found = await findRun(tx, id);
  if (found === undefined) return undefined;
  const attempts = await tx.all(attemptsOf, { run: id });
  return {
    run: found,
    attempts: attempts.map(({ attempt, agent, outcome, ...times }) => ({
      attempt,
      agent,
      startedAt: times.started_at,
      finishedAt: times.finished_at,
      outcome,
    })),
    reports: await reportStates(tx, id),
  };
}

/** The runs that are under way, with whom. */
export async function running(tx: Transaction): Promise<Awaited<ReturnType<Store['running']>>> {
  const rows = await tx.all(allRunning, {});
  return rows
    .map(runOf)
    .flatMap(({ id, attempt, status }) =>
      status.state === 'running'
        ? [{ run: id, attempt, agent: status.agent, leaseUntil: status.leaseUntil }]
        : [],
    );
}

/** How much waits, and since when. */
export async function counts(tx: Transaction): Promise<Awaited<ReturnType<Store['counts']>>> {
  const states = new Map((await tx.all(countStates, {})).map(({ state, count }) => [state, count]));
  const outbox = await first(tx, countOutbox, {});
  const oldest = await first(tx, oldestQueued, {});
  return {
    queued: states.get('queued') ?? 0,
    running: states.get('running') ?? 0,
    blocked: states.get('blocked') ?? 0,
    outbox: outbox?.count ?? 0,
    oldestQueuedAt: oldest?.queued_at ?? null,
  };
}

const newestFirst = ({ state, rule, event }: RunFilter, after: RunId | null, limit: number) =>
  prepared(db =>
    db
      .selectFrom('run')
      .selectAll()
      .where('id', 'in', eb =>
        eb
          .selectFrom('run')
          .select('id')
          .$if(event !== null, q => q.where('event', '=', event))
          .$if(rule !== null, q => q.where('rule', '=', rule))
          .$if(state !== null, q => q.where('state', '=', state))
          .$if(after !== null, q => q.where('id', '<', after))
          .orderBy('id', 'desc')
          .limit(limit),
      )
      .orderBy('id', 'desc'),
  );

const attemptsOf = prepared((db, p: { readonly run: RunId }) =>
  db
    .selectFrom('attempt')
    .select(['attempt', 'agent', 'started_at', 'finished_at', 'outcome'])
    .where('run', '=', p.run)
    .orderBy('attempt'),
);

const allRunning = prepared(db =>
  db.selectFrom('run').selectAll().where('state', '=', 'running').orderBy('id'),
);

// Finished runs are by far the most, and nobody asks for their number.
const countStates = prepared(db =>
  db
    .selectFrom('run')
    .select(eb => ['state', eb.fn.countAll<number>().as('count')])
    .where('state', 'in', ['queued', 'running', 'blocked'])
    .groupBy('state'),
);

const countOutbox = prepared(db =>
  db.selectFrom('outbox').select(eb => eb.fn.countAll<number>().as('count')),
);

// Ids grow with time: the first of the queued runs is the oldest.
const oldestQueued = prepared(db =>
  db.selectFrom('run').select('queued_at').where('state', '=', 'queued').orderBy('id').limit(1),
);
