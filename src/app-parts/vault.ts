import type { Config } from '../config/config.ts';
import type { Clock } from '../contracts/clock.ts';
import type { RepoSecretStore } from '../contracts/repo-secret-store.ts';
import type { Journal } from '../engine/journal.ts';
import { createVault, type Vault } from '../store/vault/vault.ts';
import { vaultKey } from '../store/vault/vault-key.ts';

/** The secrets of repositories; null where this is no spindle, so that nobody has any. */
export async function openVault(needs: {
  readonly config: Pick<Config, 'dataDir' | 'tangled'>;
  readonly store: RepoSecretStore;
  readonly clock: Clock;
  readonly journal: Journal;
}): Promise<Vault | null> {
  const { dataDir, tangled } = needs.config;
  if (tangled === null) return null;
  return createVault({
    ...needs,
    key: await vaultKey(dataDir, tangled.secretKey),
    trouble: error => needs.journal.note({ kind: 'trouble', where: 'secrets of repositories', error }),
  });
}
