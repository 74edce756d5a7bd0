import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createGitCheckout,
  type GitCheckout,
  type GitCheckoutOptions,
  gitCheckoutDefaults,
} from '../../src/checkout/git/checkout.ts';
import type { Workspace } from '../../src/contracts/checkout.ts';
import { runId } from '../../src/domain/id.ts';
import type { Revision } from '../../src/domain/run.ts';

export interface TestCheckout extends AsyncDisposable {
  readonly checkout: GitCheckout;
  readonly directory: string;
  /** All that was said, in order. */
  readonly said: readonly string[];
  /** Checks out, each time as another attempt. `ref` is `refs/heads/main` when not given. */
  prepare(revision: Partial<Revision> & Pick<Revision, 'url'>, signal?: AbortSignal): Promise<Workspace>;
  /** Names of the workspaces that exist. */
  workspaces(): Promise<readonly string[]>;
  /** The directories of the mirrors. */
  mirrors(): Promise<readonly string[]>;
}

/** A checkout in a temporary directory that may use repositories on this machine. */
export async function createTestCheckout(options: Partial<GitCheckoutOptions> = {}): Promise<TestCheckout> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-checkout-'));
  const checkout = createGitCheckout({
    ...gitCheckoutDefaults,
    directory,
    path: process.env['PATH'] ?? '',
    allowFile: true,
    allowPrivateHosts: true,
    radicleHome: null,
    roomBytes: 1e9,
    tokenFor: () => null,
    ...options,
  });
  const said: string[] = [];
  let attempt = 0;
  return {
    checkout,
    directory,
    said,
    prepare: (revision, signal = new AbortController().signal) =>
      checkout.prepare(
        runId('0'.repeat(26)),
        ++attempt,
        { ref: 'refs/heads/main', sha: null, clone: null, ...revision },
        line => said.push(line),
        signal,
      ),
    workspaces: () => readdir(join(directory, 'workspaces')).catch(() => []),
    mirrors: async () => {
      const mirrors = join(directory, 'mirrors');
      return (await readdir(mirrors).catch(() => [])).map(name => join(mirrors, name));
    },
    async [Symbol.asyncDispose]() {
      await checkout[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
