import { z } from 'zod';
import { eventTypes } from '../../domain/event.ts';
import { dryRun, replay } from '../../engine/replay.ts';
import { decisionJson, decisionSchema, trialJson } from '../json/decision.ts';
import { eventDetailJson, eventDetailSchema, eventSummaryJson, eventSummarySchema } from '../json/event.ts';
import { mapPage, paged, pageOf, pageQuery } from '../json/paged.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEvent, findEventId } from './find.ts';
import { byId, noBody, none } from './input.ts';

export const listEvents: Endpoint = endpoint({
  id: 'listEvents',
  summary: 'Events, newest first, with the verdict of every rule',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    source: z.string().optional(),
    type: z.enum(eventTypes).optional(),
    repo: z.string().optional(),
  }),
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(eventSummarySchema),
  handle: async ({ store }, { query }) => {
    const { source = null, type = null, repo = null } = query;
    return mapPage(await store.events({ source, type, repo }, pageOf(query)), eventSummaryJson);
  },
});

export const showEvent: Endpoint = endpoint({
  id: 'showEvent',
  summary: 'One event: what arrived, what it means, and why each rule ran or did not',
  params: byId,
  query: none,
  body: noBody,
  errors: ['not_found'],
  status: 200,
  answer: eventDetailSchema,
  handle: async ({ store }, { params }) => eventDetailJson(await findEvent(store, params.id)),
});

export const replayEvent: Endpoint = endpoint({
  id: 'replayEvent',
  summary: 'The event once more, against the rules in force now; a dry run stores nothing and runs nothing',
  params: byId,
  query: none,
  body: z.strictObject({ dryRun: z.boolean().optional() }).nullish(),
  errors: ['not_found', 'overloaded'],
  status: 200,
  answer: decisionSchema,
  handle: async (needs, { params, body }) => {
    const id = await findEventId(needs.store, params.id);
    if (body?.dryRun === true) return trialJson(await dryRun(needs, id, needs.rules()));
    return decisionJson(await replay(needs, id));
  },
});
