import { z } from 'zod';
import type { EventSummary, Page } from '../../contracts/store.ts';
import { eventTypes } from '../../domain/event.ts';
import { verdictWords } from '../../domain/verdict.ts';
import { dryRun, replay } from '../../engine/replay.ts';
import { sift } from '../../engine/sift.ts';
import { decisionJson, decisionSchema, trialJson } from '../json/decision.ts';
import { eventDetailJson, eventDetailSchema, eventSummaryJson, eventSummarySchema } from '../json/event.ts';
import { mapPage, paged, pageOf, pageQuery } from '../json/paged.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { findEvent, findEventId } from './find.ts';
import { byId, noBody, none } from './input.ts';
import { hasWords, textQuery } from './text-search.ts';

export const listEvents: Endpoint = endpoint({
  id: 'listEvents',
  summary: 'Events, newest first, with the verdict of every rule',
  params: none,
  query: z.strictObject({
    ...pageQuery,
    source: z.string().optional(),
    type: z.enum(eventTypes).optional(),
    repo: z.string().optional(),
    verdict: z.enum(verdictWords).optional().describe('that some rule gave'),
    q: textQuery,
  }),
  body: noBody,
  errors: [],
  status: 200,
  answer: paged(eventSummarySchema),
  handle: async ({ store }, { query }) => {
    const { source = null, type = null, repo = null, verdict, q } = query;
    const read = (page: Page) => store.events({ source, type, repo }, page);
    if (verdict === undefined && q === undefined) return mapPage(await read(pageOf(query)), eventSummaryJson);
    const found = await sift(
      read,
      pageOf(query),
      item =>
        (verdict === undefined || item.verdicts.some(given => given.verdict === verdict)) &&
        (q === undefined || hasWords(q, textsOf(item))),
    );
    return mapPage(found, eventSummaryJson);
  },
});

function textsOf({ event, verdicts }: EventSummary): readonly (string | null | undefined)[] {
  const { repo, actor, patch, commits, call } = event;
  return [
    event.id,
    event.source,
    event.type,
    event.action,
    event.deliveryId,
    repo?.name,
    event.ref,
    event.branch,
    event.after,
    actor.name,
    call?.name,
    patch && `#${patch.number}`,
    patch?.title,
    event.target,
    event.note,
    ...commits.map(({ message }) => message),
    ...verdicts.map(({ rule }) => rule),
  ];
}

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
