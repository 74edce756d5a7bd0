import { z } from 'zod';
import { type Standing, standings } from '../../domain/radicle.ts';
import { type DeliveryJson, deliverySchema } from '../../server/json/delivery.ts';
import {
  type VerdictJson,
  type VerdictSummaryJson,
  verdictSchema,
  verdictSummarySchema,
} from '../../server/json/verdict.ts';

/** What is shown of an event of the API in a list. */
export interface EventItem {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly action: string | null;
  readonly receivedAt: string;
  readonly repo: { readonly name: string } | null;
  readonly ref: string | null;
  readonly branch: string | null;
  readonly after: string | null;
  readonly commits: readonly { readonly sha: string; readonly message: string; readonly author: string }[];
  readonly actor: { readonly name: string | null };
  readonly patch?: { readonly number: string; readonly title: string } | undefined;
  readonly radicle?:
    | { readonly name: string; readonly namespace: string | null; readonly standing: Standing }
    | undefined;
  readonly call?: { readonly name: string } | undefined;
  readonly target?: string | undefined;
  readonly replayOf?: string | undefined;
  readonly caughtUp?: boolean | undefined;
  readonly note?: string | undefined;
  readonly duplicates: readonly { readonly receivedAt: string; readonly conflict: boolean }[];
  readonly verdicts: readonly VerdictSummaryJson[];
}

/** What is shown of one event. */
export interface EventDetail extends EventItem {
  readonly deliveryId: string | null;
  readonly verdicts: readonly VerdictJson[];
  readonly delivery: DeliveryJson | null;
}

const event = {
  id: z.string(),
  source: z.string(),
  type: z.string(),
  action: z.string().nullable(),
  receivedAt: z.iso.datetime(),
  repo: z.object({ name: z.string() }).nullable(),
  ref: z.string().nullable(),
  branch: z.string().nullable(),
  after: z.string().nullable(),
  commits: z.array(z.object({ sha: z.string(), message: z.string(), author: z.string() })),
  actor: z.object({ name: z.string().nullable() }),
  patch: z.object({ number: z.string(), title: z.string() }).optional(),
  radicle: z
    .object({ name: z.string(), namespace: z.string().nullable(), standing: z.enum(standings) })
    .optional(),
  call: z.object({ name: z.string() }).optional(),
  target: z.string().optional(),
  replayOf: z.string().optional(),
  caughtUp: z.boolean().optional(),
  note: z.string().optional(),
  duplicates: z.array(z.object({ receivedAt: z.iso.datetime(), conflict: z.boolean() })),
};

export const eventItem: z.ZodType<EventItem> = z.object({
  ...event,
  verdicts: z.array(verdictSummarySchema),
});
export const eventDetail: z.ZodType<EventDetail> = z.object({
  ...event,
  deliveryId: z.string().nullable(),
  verdicts: z.array(verdictSchema),
  delivery: deliverySchema.nullable(),
});
