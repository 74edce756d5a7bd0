import type { Clock } from '../../contracts/clock.ts';
import type { RepoSecretStore, SealedSecret } from '../../contracts/repo-secret-store.ts';
import type { RepoSecrets } from '../../contracts/repo-secrets.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { seal, unseal } from '../../lib/seal.ts';

/** Of one repository; a job's environment has room for more. */
const mostSecrets = 100;

export interface Vault extends RepoSecrets {
  /** For the jobs of a repository, by their keys. What cannot be opened is left out, and told to `trouble`. */
  values(repo: string): Promise<Readonly<Record<string, string>>>;
}

/** Seals secrets with a key before the store gets them. Each is good for its repository and its name alone. */
export function createVault(needs: {
  readonly store: RepoSecretStore;
  readonly key: Uint8Array;
  readonly clock: Pick<Clock, 'now'>;
  readonly trouble: (error: SignalboxError) => void;
}): Vault {
  const { store, key: own } = needs;
  return {
    add: ({ repo, key, value, createdBy }) =>
      store.addRepoSecret(
        {
          repo,
          key,
          sealed: seal(own, purpose({ repo, key }), value),
          createdAt: needs.clock.now(),
          createdBy,
        },
        mostSecrets,
      ),
    remove: (repo, key) => store.removeRepoSecret(repo, key),
    list: async repo =>
      (await store.repoSecrets(repo)).map(({ key, createdAt, createdBy }) => ({
        repo,
        key,
        createdAt,
        createdBy,
      })),
    async values(repo) {
      const secrets = await store.repoSecrets(repo);
      return Object.fromEntries(
        secrets.flatMap(secret => {
          try {
            return [[secret.key, unseal(own, purpose(secret), secret.sealed)]];
          } catch (cause) {
            needs.trouble(
              new SignalboxError(
                'corrupt',
                `the secret ${secret.key} of ${repo} cannot be opened, so its workflows run without it: it was sealed with another key; put that one back, or have the secret removed and added again`,
                { cause },
              ),
            );
            return [];
          }
        }),
      );
    },
  };
}

const purpose = ({ repo, key }: Pick<SealedSecret, 'repo' | 'key'>): string => JSON.stringify([repo, key]);
