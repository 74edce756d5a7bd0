import type { Admission } from '../../contracts/store.ts';
import type { Json } from '../../domain/json.ts';
import { prepared } from '../prepared.ts';
import { first, type Transaction } from '../transaction.ts';

export async function setPosition(
  tx: Transaction,
  position: NonNullable<Admission['position']>,
): Promise<void> {
  tx.write(upsert, { source: position.source, position: JSON.stringify(position.position) });
}

/** Keeps it where nothing is kept under that name yet; returns what is kept. */
export async function keepFirst(
  tx: Transaction,
  { source, position }: NonNullable<Admission['position']>,
): Promise<Json> {
  tx.write(insert, { source, position: JSON.stringify(position) });
  const row = await first(tx, find, { source });
  return row === undefined ? position : JSON.parse(row.position);
}

/** How far a source has been read; null when it never was. */
export async function position(tx: Transaction, source: string): Promise<Json> {
  const row = await first(tx, find, { source });
  return row === undefined ? null : JSON.parse(row.position);
}

const upsert = prepared((db, p: { readonly source: string; readonly position: string }) =>
  db
    .insertInto('position')
    .values({ source: p.source, position: p.position })
    .onConflict(on => on.column('source').doUpdateSet(eb => ({ position: eb.ref('excluded.position') }))),
);

const insert = prepared((db, p: { readonly source: string; readonly position: string }) =>
  db
    .insertInto('position')
    .values({ source: p.source, position: p.position })
    .onConflict(on => on.doNothing()),
);

const find = prepared((db, p: { readonly source: string }) =>
  db.selectFrom('position').select('position').where('source', '=', p.source),
);
