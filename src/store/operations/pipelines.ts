import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { PipelineFilter, PipelineStore, StoredPipeline } from '../../contracts/pipeline-store.ts';
import type { Page, Paged } from '../../contracts/store.ts';
import { type EventId, parseEventId, type RunId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import type { Schema } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { eventOf } from './events.ts';
import { cursorOf, pageOf } from './page.ts';
import { runOf } from './run-rows.ts';

/** One pipeline, by its name. */
export async function pipeline(
  tx: Transaction,
  { knot, rkey }: Parameters<PipelineStore['pipeline']>[0],
): Promise<StoredPipeline | undefined> {
  const found =
    knot === null ? await first(tx, named, { rkey }) : await first(tx, namedOfKnot, { rkey, knot });
  return found && (await stored(tx, [found]))[0];
}

/** A page of pipelines, newest first. */
export async function pipelines(
  tx: Transaction,
  { filter, page }: { readonly filter: PipelineFilter; readonly page: Page },
): Promise<Paged<StoredPipeline> & { readonly total: number }> {
  const after = cursorOf(page, parseEventId);
  // Not every database knows of lists without members.
  if (filter.commits?.length === 0 || filter.kinds?.length === 0) return { items: [], next: null, total: 0 };
  const rows = await tx.all(newestFirst(filter, after, page.limit + 1), {});
  const { items, next } = pageOf(rows, page.limit, row => row.id);
  const counted = await first(tx, count(filter, after), {});
  return { items: await stored(tx, items), next, total: counted?.total ?? 0 };
}

interface Found {
  readonly id: EventId;
  readonly data: string;
}

async function stored(tx: Transaction, found: readonly Found[]): Promise<readonly StoredPipeline[]> {
  if (found.length === 0) return [];
  const rows = await tx.all(runsOf(found.map(({ id }) => id)), {});
  const runs = Map.groupBy(rows, row => row.pipeline);
  return found.map(({ id, data }) => ({
    event: eventOf(data),
    runs: youngest(runs.get(id) ?? []).map(runOf),
  }));
}

/** Of the runs of each workflow the youngest, whose id is the greatest. */
function youngest<Row extends { readonly id: RunId; readonly workflow: string }>(
  rows: readonly Row[],
): readonly Row[] {
  const oldestFirst = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return [...new Map(oldestFirst.map(row => [row.workflow, row])).values()];
}

// A key is known to everybody once there is one of it: who repeats it comes later.
const named = prepared((db, p: { readonly rkey: string }) =>
  db
    .selectFrom('event')
    .select(['id', 'data'])
    .where('id', '=', eb =>
      eb
        .selectFrom('pipeline')
        .where('rkey', '=', p.rkey)
        .select(of => of.fn.min('event').as('event')),
    ),
);

const namedOfKnot = prepared((db, p: { readonly rkey: string; readonly knot: string }) =>
  db
    .selectFrom('pipeline')
    .innerJoin('event', 'event.id', 'pipeline.event')
    .select(['event.id', 'event.data'])
    .where('rkey', '=', p.rkey)
    .where('knot', '=', p.knot),
);

function matching(
  db: Kysely<Schema>,
  { repo, commits, kinds }: PipelineFilter,
  after: EventId | null,
): SelectQueryBuilder<Schema, 'pipeline', object> {
  const ofKind = db
    .selectFrom('pipeline')
    .where('repo', '=', repo)
    .$if(kinds !== null, q => q.where('kind', 'in', kinds));
  const youngest = (commits: readonly string[]) =>
    ofKind
      .where('commit_sha', 'in', commits)
      .select(eb => eb.fn.max('event').as('event'))
      .groupBy('commit_sha');
  return ofKind
    .$if(after !== null, q => q.where('event', '<', after))
    .$if(commits !== null, q => q.where('event', 'in', youngest(commits ?? [])));
}

// The ids first, from an index alone.
const newestFirst = (filter: PipelineFilter, after: EventId | null, limit: number) =>
  prepared(db =>
    db
      .selectFrom('event')
      .select(['id', 'data'])
      .where('id', 'in', matching(db, filter, after).select('event').orderBy('event', 'desc').limit(limit))
      .orderBy('id', 'desc'),
  );

const count = (filter: PipelineFilter, after: EventId | null) =>
  prepared(db => matching(db, filter, after).select(eb => eb.fn.countAll<number>().as('total')));

const runsOf = (events: readonly EventId[]) =>
  prepared(db =>
    db
      .selectFrom('pipeline')
      .innerJoin('workflow_run', on =>
        on.onRef('workflow_run.knot', '=', 'pipeline.knot').onRef('workflow_run.rkey', '=', 'pipeline.rkey'),
      )
      .innerJoin('run', 'run.id', 'workflow_run.run')
      .selectAll('run')
      .select(['pipeline.event as pipeline', 'workflow_run.workflow'])
      .where('pipeline.event', 'in', events),
  );
