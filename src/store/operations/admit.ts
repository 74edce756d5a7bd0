import { hash } from 'node:crypto';
import type { Insertable } from 'kysely';
import type { Admission, Admitted } from '../../contracts/store.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import type { DeliveryIdTable, DeliveryTable, EventTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';
import { addPipeline } from './add-pipeline.ts';
import { recordDuplicate } from './duplicates.ts';
import { feedEvent } from './feed.ts';
import { placeRuns, voidApprovals } from './place-runs.ts';
import { setPosition } from './positions.ts';

/** Stores an event with its bytes, verdicts and runs, unless its delivery id was here before. */
export async function admit(tx: Transaction, admission: Admission): Promise<Admitted> {
  const { event, delivery, runs } = admission;
  if (admission.position !== null) await setPosition(tx, admission.position);
  if (event.deliveryId !== null) {
    const { source, deliveryId, receivedAt } = event;
    const bodyHash = hashOf(delivery);
    const row = {
      source,
      delivery_id: deliveryId,
      event: event.id,
      body_hash: bodyHash,
      received_at: receivedAt,
    };
    if ((await tx.run(insertDeliveryId, row)) === 0)
      return alreadyKnown(tx, { source, deliveryId, receivedAt, bodyHash });
  }
  if (delivery !== null) await insertDelivery(tx, delivery);
  await insertEvent(tx, event, admission.verdicts);
  await addPipeline(tx, event);
  await feedEvent(tx, event.id, false);
  const voided = await voidApprovals(tx, event);
  const placed = await placeRuns(tx, runs);
  return { result: 'admitted', runs: placed.runs, superseded: [...voided, ...placed.superseded] };
}

/** Whether an event with this delivery id was here before. */
export async function isKnown(
  tx: Transaction,
  id: { readonly source: string; readonly deliveryId: string },
): Promise<boolean> {
  return (await first(tx, findDeliveryId, id)) !== undefined;
}

/** What another copy's bytes are compared with. What was fetched was written anew by the forge: its bytes say nothing. */
function hashOf(delivery: Admission['delivery']): string | null {
  return delivery === null || delivery.authentication.result === 'fetched'
    ? null
    : hash('sha256', delivery.delivery.body, 'hex');
}

async function alreadyKnown(
  tx: Transaction,
  copy: {
    readonly source: string;
    readonly deliveryId: string;
    readonly receivedAt: number;
    readonly bodyHash: string | null;
  },
): Promise<Admitted> {
  const known = await first(tx, findDeliveryId, { source: copy.source, deliveryId: copy.deliveryId });
  if (known === undefined) throw new Error(`the delivery id ${copy.deliveryId} is taken by nobody`);
  const { event, body_hash: bodyHash } = known;
  const conflict = bodyHash !== null && copy.bodyHash !== null && bodyHash !== copy.bodyHash;
  await recordDuplicate(tx, { event, receivedAt: copy.receivedAt, conflict });
  const runs = await tx.all(runsOf, { event });
  return { result: 'known', event, runs: runs.map(({ id }) => id), conflict };
}

async function insertDelivery(
  tx: Transaction,
  { delivery, authentication }: NonNullable<Admission['delivery']>,
): Promise<void> {
  const { id, source, receivedAt, peer, method, path, headers, body } = delivery;
  tx.write(addDelivery, {
    id,
    source,
    received_at: receivedAt,
    peer,
    method,
    path,
    headers: JSON.stringify(headers),
    body,
    authentication: JSON.stringify(authentication),
  });
}

async function insertEvent(tx: Transaction, event: Event, verdicts: Admission['verdicts']): Promise<void> {
  const { id, source, type, repo, delivery, receivedAt } = event;
  tx.write(addEvent, {
    id,
    source,
    type,
    repo: repo?.name ?? null,
    delivery,
    received_at: receivedAt,
    data: JSON.stringify(event),
    verdicts: JSON.stringify(verdicts.map(({ rule, verdict, reason }) => ({ rule, verdict, reason }))),
    explanations: JSON.stringify(verdicts.map(({ explanation }) => explanation)),
  });
}

const insertDeliveryId = prepared((db, p: Insertable<DeliveryIdTable>) =>
  db
    .insertInto('delivery_id')
    .values({
      source: p.source,
      delivery_id: p.delivery_id,
      event: p.event,
      body_hash: p.body_hash,
      received_at: p.received_at,
    })
    .onConflict(on => on.doNothing()),
);

const findDeliveryId = prepared((db, p: { readonly source: string; readonly deliveryId: string }) =>
  db
    .selectFrom('delivery_id')
    .select(['event', 'body_hash'])
    .where('source', '=', p.source)
    .where('delivery_id', '=', p.deliveryId),
);

const runsOf = prepared((db, p: { readonly event: EventId }) =>
  db.selectFrom('run').select('id').where('event', '=', p.event).orderBy('id'),
);

const addDelivery = prepared((db, p: Insertable<DeliveryTable>) =>
  db.insertInto('delivery').values({
    id: p.id,
    source: p.source,
    received_at: p.received_at,
    peer: p.peer,
    method: p.method,
    path: p.path,
    headers: p.headers,
    body: p.body,
    authentication: p.authentication,
  }),
);

const addEvent = prepared((db, p: Insertable<EventTable>) =>
  db.insertInto('event').values({
    id: p.id,
    source: p.source,
    type: p.type,
    repo: p.repo,
    delivery: p.delivery,
    received_at: p.received_at,
    data: p.data,
    verdicts: p.verdicts,
    explanations: p.explanations,
  }),
);
