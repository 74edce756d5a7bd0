import { z } from 'zod';
import type { Page, Paged, Store } from '../../contracts/store.ts';
import type { Actor } from '../../domain/event.ts';
import { hasFailed } from '../../domain/has-failed.ts';
import type { EventId } from '../../domain/id.ts';
import { outcomes, type Run, runStates } from '../../domain/run.ts';
import { approveRun, cancelRun, rerunRun } from '../../engine/control.ts';
import { sift } from '../../engine/sift.ts';
import { paged, pageOf, pageQuery } from '../json/paged.ts';
import {
  type RunSummaryJson,
  runDetailJson,
  runDetailSchema,
  runJson,
  runSchema,
  runSummaryJson,
  runSummarySchema,
} from '../json/run.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEventId, findRun, findRunId } from './find.ts';
import { byId, noBody, none } from './input.ts';
import { hasWords, textQuery } from './text-search.ts';
import { type WaitNeeds, waits } from './waits.ts';

const anyOutcome = [...outcomes, 'failed'] as const;

export const listRuns: Endpoint = endpoint({
  id: 'listRuns',
  summary: 'Runs, newest first',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    state: z.enum(runStates).optional(),
    rule: z.string().optional(),
    event: z.string().optional(),
    outcome: z.enum(anyOutcome).optional().describe('failed: failure, error, timeout or lost'),
    q: textQuery,
  }),
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: paged(runSummarySchema),
  handle: async (needs, { query }) => {
    const { store } = needs;
    const { state = null, rule = null, outcome, q } = query;
    const event = query.event === undefined ? null : await findEventId(store, query.event);
    const read = (page: Page) => store.runs({ state, rule, event }, page);
    if (outcome === undefined && q === undefined) return summaries(needs, await read(pageOf(query)));
    const found = await sift(
      read,
      pageOf(query),
      run =>
        (outcome === undefined || hasEnded(run, outcome)) && (q === undefined || hasWords(q, textsOf(run))),
    );
    return summaries(needs, found);
  },
});

function hasEnded({ status }: Run, as: (typeof anyOutcome)[number]): boolean {
  if (status.state !== 'finished') return false;
  return as === 'failed' ? hasFailed(status) === true : status.outcome === as;
}

/** Runs with who caused them, and what they wait for. Several may be of one event. */
async function summaries(
  needs: WaitNeeds & { readonly store: Pick<Store, 'bareEvent'> },
  { items, next }: Paged<Run>,
): Promise<Paged<RunSummaryJson>> {
  const { store } = needs;
  const ids = [...new Set(items.map(({ event }) => event))];
  const actors = new Map(await Promise.all(ids.map(async id => [id, await actorOf(store, id)] as const)));
  const wait = await waits(needs, items);
  return {
    items: items.map(run =>
      runSummaryJson(run, { actor: actors.get(run.event) ?? nobody, waits: wait(run) }),
    ),
    next,
  };
}

async function actorOf(store: Pick<Store, 'bareEvent'>, event: EventId): Promise<Actor> {
  return (await store.bareEvent(event))?.actor ?? nobody;
}

const nobody: Actor = { id: null, name: null };

function textsOf({ id, rule, plan, status }: Run): readonly (string | null | undefined)[] {
  const { repo, revision } = plan;
  const agent = 'agent' in status ? status.agent : null;
  const reason = 'reason' in status ? status.reason : null;
  return [id, rule, repo?.name, revision?.ref, revision?.sha, agent, reason];
}

export const showRun: Endpoint = endpoint({
  id: 'showRun',
  summary: 'One run with its attempts and reports',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: runDetailSchema,
  handle: async (needs, { params }) => {
    const { store } = needs;
    const found = await findRun(store, params.id);
    const { id, event } = found.run;
    const [actor, logLines, wait] = await Promise.all([
      actorOf(store, event),
      store.logEnd(id),
      waits(needs, [found.run]),
    ]);
    return runDetailJson(found, { actor, logLines, waits: wait(found.run) });
  },
});

export const cancelOneRun: Endpoint = endpoint({
  id: 'cancelRun',
  summary: 'Asks for the end of a run; repeating it is harmless',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: runSchema,
  handle: async (needs, { params, caller }) =>
    runJson(await cancelRun(needs, await findRunId(needs.store, params.id), caller.name)),
});

export const approveOneRun: Endpoint = endpoint({
  id: 'approveRun',
  summary: 'Lets a blocked run start: this one alone',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found', 'conflict'],
  status: 200,
  answer: runSchema,
  handle: async (needs, { params, caller }) =>
    runJson(await approveRun(needs, await findRunId(needs.store, params.id), caller.name)),
});

export const rerunOneRun: Endpoint = endpoint({
  id: 'rerunRun',
  summary: 'The same work once more, as a run of its own',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found', 'conflict'],
  status: 201,
  answer: runSchema,
  handle: async (needs, { params }) =>
    runJson(await rerunRun(needs, await findRunId(needs.store, params.id))),
});
