import type { StoredDelivery } from '../../contracts/store.ts';
import type { Authentication, Delivery } from '../../domain/delivery.ts';
import type { DeliveryId } from '../../domain/id.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

/** The bytes that came, and how their sender was known. */
export async function delivery(tx: Transaction, id: DeliveryId): Promise<StoredDelivery | undefined> {
  const row = await first(tx, find, { id });
  if (row === undefined) return undefined;
  const { received_at: receivedAt, headers, authentication, ...rest } = row;
  const parsed: { headers: Delivery['headers']; authentication: Authentication } = {
    headers: JSON.parse(headers),
    authentication: JSON.parse(authentication),
  };
  return {
    delivery: { ...rest, receivedAt, headers: parsed.headers },
    authentication: parsed.authentication,
  };
}

const find = prepared((db, p: { readonly id: DeliveryId }) =>
  db.selectFrom('delivery').selectAll().where('id', '=', p.id),
);
