import type { RepoSecretStore, SealedSecret } from './repo-secret-store.ts';

/** Secrets that repositories' people leave here for their workflows. Nobody is told a value again but the jobs. */
export interface RepoSecrets {
  add(
    secret: Pick<SealedSecret, 'repo' | 'key' | 'createdBy'> & { readonly value: string },
  ): ReturnType<RepoSecretStore['addRepoSecret']>;
  /** False when there is none of that key. */
  remove(repo: string, key: string): Promise<boolean>;
  list(repo: string): Promise<readonly Omit<SealedSecret, 'sealed'>[]>;
}
