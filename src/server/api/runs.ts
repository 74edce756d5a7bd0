import { z } from 'zod';
import { whyWaiting } from '../../domain/agent.ts';
import { runStates } from '../../domain/run.ts';
import { approveRun, cancelRun, rerunRun } from '../../engine/control.ts';
import { mapPage, paged, pageOf, pageQuery } from '../json/paged.ts';
import { runDetailJson, runDetailSchema, runJson, runSchema } from '../json/run.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEventId, findRun, findRunId } from './find.ts';
import { byId, noBody, none } from './input.ts';

export const listRuns: Endpoint = endpoint({
  id: 'listRuns',
  summary: 'Runs, newest first',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    state: z.enum(runStates).optional(),
    rule: z.string().optional(),
    event: z.string().optional(),
  }),
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: paged(runSchema),
  handle: async ({ store }, { query }) => {
    const { state = null, rule = null } = query;
    const event = query.event === undefined ? null : await findEventId(store, query.event);
    return mapPage(await store.runs({ state, rule, event }, pageOf(query)), runJson);
  },
});

export const showRun: Endpoint = endpoint({
  id: 'showRun',
  summary: 'One run with its attempts and reports',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: runDetailSchema,
  handle: async ({ store, agents }, { params }) => {
    const found = await findRun(store, params.id);
    const { plan, status } = found.run;
    if (status.state !== 'queued') return runDetailJson(found, null);
    const running = await store.running();
    const busy = (name: string) => running.filter(({ agent }) => agent === name).length;
    return runDetailJson(found, whyWaiting(plan.pool, agents(), busy));
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
