import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type FakeGithub, startFakeGithub } from '../support/fake-github.ts';
import { createRepository, type TestRepository } from '../support/git-repository.ts';
import { type CrashRule, crashConfig, crashRules, forgeToken } from './rules.ts';

/** All that a server needs around it: a directory with its configuration, a repository, a forge. */
export interface Arena extends AsyncDisposable {
  readonly directory: string;
  readonly data: string;
  /** Where jobs leave their lines. */
  readonly effects: string;
  readonly repository: TestRepository;
  readonly forge: FakeGithub;
}

export async function openArena(rules: readonly CrashRule[] = crashRules): Promise<Arena> {
  await using parts = new AsyncDisposableStack();
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-crash-'));
  parts.defer(() => rmSync(directory, { recursive: true, force: true }));
  const forge = parts.use(await startFakeGithub({ token: forgeToken }));
  const repository = parts.use(await createRepository());
  const effects = join(directory, 'effects');
  writeFileSync(join(directory, 'signalbox.yaml'), crashConfig({ forge: forge.url, effects }, rules));
  const keep = parts.move();
  return {
    directory,
    data: join(directory, 'data'),
    effects,
    repository,
    forge,
    [Symbol.asyncDispose]: () => keep.disposeAsync(),
  };
}
