import type { Insertable } from 'kysely';
import type { UsedToken, UsedTokenLimits, UsedTokenStore } from '../../contracts/used-token-store.ts';
import { prepared } from '../prepared.ts';
import type { UsedTokenTable } from '../schema.ts';
import { first, type Transaction } from '../transaction.ts';

export async function useToken(
  tx: Transaction,
  { token, most, now }: { readonly token: UsedToken; readonly most: UsedTokenLimits; readonly now: number },
): ReturnType<UsedTokenStore['useToken']> {
  const { issuer, hash, expiresAt } = token;
  await tx.run(removeExpired, { now });
  if ((await first(tx, find, { issuer, hash })) !== undefined) return 'used';
  const all = await first(tx, count, {});
  const its = await first(tx, countOfIssuer, { issuer });
  if ((all?.used ?? 0) >= most.all || (its?.used ?? 0) >= most.ofIssuer) return 'full';
  return (await tx.run(insert, { issuer, hash, expires_at: expiresAt })) === 0 ? 'used' : 'new';
}

const removeExpired = prepared((db, p: { readonly now: number }) =>
  db.deleteFrom('used_token').where('expires_at', '<=', p.now),
);

const find = prepared((db, p: Pick<UsedToken, 'issuer' | 'hash'>) =>
  db.selectFrom('used_token').select('hash').where('issuer', '=', p.issuer).where('hash', '=', p.hash),
);

const count = prepared(db => db.selectFrom('used_token').select(eb => eb.fn.countAll<number>().as('used')));

const countOfIssuer = prepared((db, p: Pick<UsedToken, 'issuer'>) =>
  db
    .selectFrom('used_token')
    .select(eb => eb.fn.countAll<number>().as('used'))
    .where('issuer', '=', p.issuer),
);

const insert = prepared((db, p: Insertable<UsedTokenTable>) =>
  db
    .insertInto('used_token')
    .values({ issuer: p.issuer, hash: p.hash, expires_at: p.expires_at })
    .onConflict(on => on.doNothing()),
);
