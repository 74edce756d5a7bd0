import type { Insertable } from 'kysely';
import type { RepoSecretStore, SealedSecret } from '../../contracts/repo-secret-store.ts';
import { prepared } from '../prepared.ts';
import type { RepoSecretTable } from '../schema.ts';
import type { Transaction } from '../transaction.ts';

export async function addRepoSecret(
  tx: Transaction,
  { secret, most }: { readonly secret: SealedSecret; readonly most: number },
): ReturnType<RepoSecretStore['addRepoSecret']> {
  const { repo, key, sealed } = secret;
  const there = await tx.all(ofRepo, { repo });
  if (there.some(row => row.key === key)) return 'known';
  if (there.length >= most) return 'full';
  const row = { repo, key, sealed, created_at: secret.createdAt, created_by: secret.createdBy };
  return (await tx.run(insert, row)) === 0 ? 'known' : 'added';
}

/** False when there is none of that key. */
export async function removeRepoSecret(
  tx: Transaction,
  { repo, key }: Pick<SealedSecret, 'repo' | 'key'>,
): Promise<boolean> {
  return (await tx.run(remove, { repo, key })) > 0;
}

export async function repoSecrets(tx: Transaction, repo: string): Promise<readonly SealedSecret[]> {
  const rows = await tx.all(ofRepo, { repo });
  return rows.map(({ created_at: createdAt, created_by: createdBy, ...row }) => ({
    ...row,
    createdAt,
    createdBy,
  }));
}

const ofRepo = prepared((db, p: { readonly repo: string }) =>
  db.selectFrom('repo_secret').selectAll().where('repo', '=', p.repo).orderBy('key'),
);

const insert = prepared((db, p: Insertable<RepoSecretTable>) =>
  db
    .insertInto('repo_secret')
    .values({
      repo: p.repo,
      key: p.key,
      sealed: p.sealed,
      created_at: p.created_at,
      created_by: p.created_by,
    })
    .onConflict(on => on.doNothing()),
);

const remove = prepared((db, p: Pick<SealedSecret, 'repo' | 'key'>) =>
  db.deleteFrom('repo_secret').where('repo', '=', p.repo).where('key', '=', p.key),
);
