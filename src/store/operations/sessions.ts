import type { Insertable } from 'kysely';
import type { Session } from '../../contracts/session-store.ts';
import { prepared } from '../prepared.ts';
import type { SessionTable } from '../schema.ts';
import type { Transaction } from '../transaction.ts';

/** One that may be there, at a moment. */
type Asked = Pick<Session, 'kind' | 'hash'> & { readonly now: number };

export async function addSession(
  tx: Transaction,
  { session, most, now }: { readonly session: Session; readonly most: number; readonly now: number },
): Promise<void> {
  const { kind, hash, token, expiresAt } = session;
  await tx.run(removeExpired, { now });
  await tx.run(removeOldest, { kind, keep: most - 1 });
  await tx.run(insert, { kind, hash, token, expires_at: expiresAt });
}

export async function session(tx: Transaction, asked: Asked): Promise<Session | undefined> {
  const [row] = await tx.all(find, asked);
  return row && sessionOf(row);
}

export async function endSession(tx: Transaction, asked: Asked): Promise<Session | undefined> {
  const found = await session(tx, asked);
  return found !== undefined && (await tx.run(remove, { kind: found.kind, hash: found.hash })) > 0
    ? found
    : undefined;
}

const sessionOf = ({ expires_at: expiresAt, ...row }: SessionTable): Session => ({ ...row, expiresAt });

const find = prepared((db, p: Asked) =>
  db
    .selectFrom('session')
    .selectAll()
    .where('kind', '=', p.kind)
    .where('hash', '=', p.hash)
    .where('expires_at', '>', p.now),
);

const insert = prepared((db, p: Insertable<SessionTable>) =>
  db.insertInto('session').values({ kind: p.kind, hash: p.hash, token: p.token, expires_at: p.expires_at }),
);

const remove = prepared((db, p: Pick<Session, 'kind' | 'hash'>) =>
  db.deleteFrom('session').where('kind', '=', p.kind).where('hash', '=', p.hash),
);

const removeExpired = prepared((db, p: { readonly now: number }) =>
  db.deleteFrom('session').where('expires_at', '<=', p.now),
);

const removeOldest = prepared((db, p: Pick<Session, 'kind'> & { readonly keep: number }) =>
  db
    .deleteFrom('session')
    .where('kind', '=', p.kind)
    .where('hash', 'not in', kept =>
      kept
        .selectFrom('session')
        .select('hash')
        .where('kind', '=', p.kind)
        .orderBy('expires_at', 'desc')
        .limit(p.keep),
    ),
);
