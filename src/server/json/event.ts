import { z } from 'zod';
import type { Duplicate, EventDetail, EventSummary } from '../../contracts/store.ts';
import type { Authentication } from '../../domain/delivery.ts';
import { eventTypes } from '../../domain/event.ts';
import { eventJson } from '../../domain/event-json.ts';
import { authenticationSchema, type DeliveryJson, deliveryJson, deliverySchema } from './delivery.ts';
import { repoSchema } from './repo.ts';
import { iso } from './time.ts';
import { type VerdictJson, type VerdictSummaryJson, verdictSchema, verdictSummarySchema } from './verdict.ts';

interface DuplicateJson {
  readonly receivedAt: string;
  /** The copy's body differed. */
  readonly conflict: boolean;
}

/** The fields of `eventJson`, and what became of the event. */
interface EventFactsJson {
  readonly [field: string]: unknown;
  readonly duplicates: readonly DuplicateJson[];
}

export interface EventSummaryJson extends EventFactsJson {
  readonly verdicts: readonly VerdictSummaryJson[];
  /** Null when no delivery caused the event. */
  readonly authentication: Authentication | null;
}

export interface EventDetailJson extends EventFactsJson {
  readonly verdicts: readonly VerdictJson[];
  /** Null when no delivery caused the event. */
  readonly delivery: DeliveryJson | null;
}

const person = z.object({ id: z.string().nullable(), name: z.string().nullable() });

const event = {
  id: z.string(),
  source: z.string(),
  type: z.enum(eventTypes),
  action: z.string().nullable(),
  deliveryId: z.string().nullable(),
  receivedAt: z.iso.datetime(),
  repo: repoSchema.nullable(),
  ref: z.string().nullable(),
  branch: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  commits: z.array(z.object({ sha: z.string(), message: z.string(), author: z.string() })),
  changed: z.array(z.string()).nullable(),
  actor: person,
  patch: z
    .object({
      number: z.string(),
      title: z.string(),
      url: z.string().nullable(),
      from: z.object({ repo: z.string().nullable(), branch: z.string() }),
      fromFork: z.boolean(),
      draft: z.boolean(),
      author: person,
      authorIsMember: z.boolean(),
    })
    .optional(),
  call: z
    .object({ name: z.string(), args: z.array(z.string()), env: z.array(z.string()) })
    .optional()
    .describe('what the event itself named to be run; of its variables the names'),
  replayOf: z.string().optional(),
  target: z.string().optional(),
  caughtUp: z.literal(true).optional().describe('it never came to the door, and was fetched from the forge'),
  note: z.string().optional(),
  duplicates: z.array(z.object({ receivedAt: z.iso.datetime(), conflict: z.boolean() })),
};

export const eventSummarySchema: z.ZodType<EventSummaryJson> = z
  .looseObject({
    ...event,
    verdicts: z.array(verdictSummarySchema),
    authentication: authenticationSchema.nullable(),
  })
  .meta({ id: 'EventSummary' });

export const eventDetailSchema: z.ZodType<EventDetailJson> = z
  .looseObject({ ...event, verdicts: z.array(verdictSchema), delivery: deliverySchema.nullable() })
  .meta({ id: 'EventDetail' });

export function eventSummaryJson({
  event,
  verdicts,
  duplicates,
  authentication,
}: EventSummary): EventSummaryJson {
  return { ...eventJson(event), duplicates: duplicates.map(duplicateJson), verdicts, authentication };
}

export function eventDetailJson({ event, verdicts, duplicates, delivery }: EventDetail): EventDetailJson {
  return {
    ...eventJson(event),
    duplicates: duplicates.map(duplicateJson),
    verdicts,
    delivery: delivery === null ? null : deliveryJson(delivery),
  };
}

const duplicateJson = ({ receivedAt, conflict }: Duplicate): DuplicateJson => ({
  receivedAt: iso(receivedAt),
  conflict,
});
