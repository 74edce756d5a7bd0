import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SealedSecret } from '../repo-secret-store.ts';
import type { OpenStore } from './open-store.suite.ts';

const secret: SealedSecret = {
  repo: 'did:plc:repo',
  key: 'B',
  sealed: 'c2VhbGVk',
  createdAt: 1_785_578_403_123,
  createdBy: 'did:plc:pat',
};

export function repoSecretsSuite(name: string, open: OpenStore): void {
  describe(`${name}: secrets of repositories`, () => {
    test('are kept by repository and key, and none takes the place of another', async () => {
      await using opened = await open();
      const { store } = opened;
      const { repo } = secret;
      assert.equal(await store.addRepoSecret(secret, 2), 'added');
      assert.equal(await store.addRepoSecret({ ...secret, sealed: 'b3RoZXI=' }, 2), 'known');
      assert.equal(await store.addRepoSecret({ ...secret, key: 'A' }, 2), 'added');
      assert.equal(await store.addRepoSecret({ ...secret, key: 'C' }, 2), 'full');
      assert.equal(await store.addRepoSecret({ ...secret, repo: 'did:plc:other' }, 2), 'added');
      assert.deepEqual(await store.repoSecrets(repo), [{ ...secret, key: 'A' }, secret]);
      assert.deepEqual(
        [await store.removeRepoSecret(repo, 'B'), await store.removeRepoSecret(repo, 'B')],
        [true, false],
      );
      assert.deepEqual(await store.repoSecrets(repo), [{ ...secret, key: 'A' }]);
      assert.equal((await store.repoSecrets('did:plc:other')).length, 1);
    });
  });
}
