/** A secret of a repository, as it is stored: nobody can read it who has the store alone. */
export interface SealedSecret {
  /** As `pipelineRepo` names it. */
  readonly repo: string;
  readonly key: string;
  readonly sealed: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** DID. */
  readonly createdBy: string;
}

/** What a store keeps of repositories' secrets. */
export interface RepoSecretStore {
  /** `known`: there is one of that key, and it stays. `full`: the repository has `most` already. */
  addRepoSecret(secret: SealedSecret, most: number): Promise<'added' | 'known' | 'full'>;
  /** False when there is none of that key. */
  removeRepoSecret(repo: string, key: string): Promise<boolean>;
  /** Of one repository, by their keys. */
  repoSecrets(repo: string): Promise<readonly SealedSecret[]>;
}
