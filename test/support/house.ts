import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApp } from '../../src/app.ts';
import { version } from '../../src/cli/version.ts';
import { noOverrides } from '../../src/config/assemble.ts';
import { jobEnvironment } from '../../src/config/env.ts';
import { parseConfig } from '../../src/config/load.ts';
import { createMatchers } from '../../src/matchers/matchers.ts';

/** The whole house in the test's own process, on free ports, with a data directory that goes with it. */
export interface TestHouse extends AsyncDisposable {
  readonly directory: string;
  readonly publicUrl: string;
  readonly adminUrl: string;
  readonly token: string;
}

/** Opens it with a configuration, whose doors and data are the test's. */
export async function openHouse(
  yaml: string,
  env: Readonly<Record<string, string>> = {},
): Promise<TestHouse> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-house-'));
  const drain = new AbortController();
  const abandon = new AbortController();
  const needs = { checks: createMatchers(), env: { ...process.env, ...env } };
  const overrides = {
    ...noOverrides,
    host: '127.0.0.1',
    port: 0,
    adminPort: 0,
    data: join(directory, 'data'),
  };
  try {
    const loaded = parseConfig(needs, yaml, { file: null, overrides });
    if (loaded.result === 'refused')
      throw new Error(loaded.problems.map(({ message }) => message).join('; '));
    const app = await openApp({
      config: loaded.config,
      cwd: process.cwd(),
      env: process.env,
      readConfig: async () => loaded.config,
      jobEnvironment: jobEnvironment(process.env),
      writeLog: () => {},
      version,
      uiDirectory: undefined,
      life: { drain: drain.signal, abandon: abandon.signal },
    });
    const admin = app.adminUrl ?? '';
    return {
      directory,
      publicUrl: app.publicUrl,
      adminUrl: admin,
      token: app.adminToken,
      async [Symbol.asyncDispose]() {
        drain.abort();
        abandon.abort();
        await app.closed;
        rmSync(directory, { recursive: true });
      },
    };
  } catch (error) {
    rmSync(directory, { recursive: true });
    throw error;
  }
}
