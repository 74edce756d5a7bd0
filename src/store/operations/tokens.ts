import type { TokenRecord } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { prepared } from '../prepared.ts';
import type { Transaction } from '../transaction.ts';

export async function addToken(tx: Transaction, token: TokenRecord): Promise<void> {
  if ((await tx.run(insert, { ...token })) === 0)
    throw new SignalboxError(
      'conflict',
      `there is a token "${token.name}" already: revoke it first, or choose another name`,
    );
}

export async function tokens(tx: Transaction): Promise<readonly TokenRecord[]> {
  const rows = await tx.all(all, {});
  return rows.map(({ name, hash, created_at: createdAt, last_used_at: lastUsedAt }) => ({
    name,
    hash,
    createdAt,
    lastUsedAt,
  }));
}

/** False when there is none of that name. */
export async function revokeToken(tx: Transaction, name: string): Promise<boolean> {
  return (await tx.run(remove, { name })) > 0;
}

/** Notes when tokens were last used. */
export async function touchTokens(
  tx: Transaction,
  uses: readonly { readonly hash: string; readonly at: number }[],
): Promise<void> {
  for (const use of uses) tx.write(touch, use);
}

const insert = prepared((db, p: Pick<TokenRecord, 'name' | 'hash' | 'createdAt' | 'lastUsedAt'>) =>
  db
    .insertInto('token')
    .values({ name: p.name, hash: p.hash, created_at: p.createdAt, last_used_at: p.lastUsedAt })
    .onConflict(on => on.doNothing()),
);

const all = prepared(db => db.selectFrom('token').selectAll().orderBy('name'));

const remove = prepared((db, p: { readonly name: string }) =>
  db.deleteFrom('token').where('name', '=', p.name),
);

const touch = prepared((db, p: { readonly hash: string; readonly at: number }) =>
  db.updateTable('token').set({ last_used_at: p.at }).where('hash', '=', p.hash),
);
