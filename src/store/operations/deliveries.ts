import type { StoredDelivery } from '../../contracts/store.ts';
import type { Authentication, Delivery } from '../../domain/delivery.ts';
import type { DeliveryId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

/** The bytes that came, and how their sender was known. */
export async function delivery(tx: Transaction, id: DeliveryId): Promise<StoredDelivery | undefined> {
  const row = await first(tx, find, { id });
  if (row === undefined) return undefined;
  const { source, received_at: receivedAt, peer, method, path, body } = row;
  const headers: Delivery['headers'] = JSON.parse(row.headers);
  const authentication: Authentication = JSON.parse(row.authentication);
  return { delivery: { id, source, receivedAt, peer, method, path, headers, body }, authentication };
}

/** How the senders of some deliveries were known. */
export async function authenticationsOf(
  tx: Transaction,
  ids: readonly DeliveryId[],
): Promise<ReadonlyMap<DeliveryId, Authentication>> {
  if (ids.length === 0) return new Map();
  const rows = await tx.all(
    prepared(db => db.selectFrom('delivery').select(['id', 'authentication']).where('id', 'in', ids)),
    {},
  );
  return new Map(rows.map(({ id, authentication }) => [id, JSON.parse(authentication)]));
}

/** Which of these ids were here before. */
export async function knownDeliveries(
  tx: Transaction,
  { source, ids }: { readonly source: string; readonly ids: readonly string[] },
): Promise<readonly string[]> {
  const known: string[] = [];
  for (const id of ids) if ((await first(tx, findId, { source, id })) !== undefined) known.push(id);
  return known;
}

const findId = prepared((db, p: { readonly source: string; readonly id: string }) =>
  db
    .selectFrom('delivery_id')
    .select('delivery_id')
    .where('source', '=', p.source)
    .where('delivery_id', '=', p.id),
);

const find = prepared((db, p: { readonly id: DeliveryId }) =>
  db.selectFrom('delivery').selectAll().where('id', '=', p.id),
);
