import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodConfig } from '../test/support/config.ts';
import { openApp } from './app.ts';
import { version } from './cli/version.ts';
import { jobEnvironment } from './config/env.ts';
import { claimDataDirectory } from './store/data-directory.ts';

test('a house whose work breaks down is closed all the same: doors, loops and data directory', {
  timeout: 30_000,
}, async t => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-app-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const data = join(directory, 'data');
  const doors = 'public: { host: 127.0.0.1, port: 0 }\nadmin: { port: 0 }';
  const config = goodConfig(`version: 1\n${doors}`, { overrides: { data } });
  // Nobody can hear this wish: who takes runs breaks at once.
  const abandon = Object.defineProperty(new AbortController().signal, 'addEventListener', {
    value: () => {
      throw new Error('nobody may listen');
    },
  });
  const app = await openApp({
    config,
    cwd: process.cwd(),
    env: process.env,
    readConfig: async () => config,
    jobEnvironment: jobEnvironment(process.env),
    writeLog: () => {},
    version,
    uiDirectory: undefined,
    life: { drain: new AbortController().signal, abandon },
  });
  await assert.rejects(app.closed, /nobody may listen/);
  for (const url of [app.publicUrl, app.adminUrl ?? '']) await assert.rejects(fetch(url));
  using _claimed = await claimDataDirectory(data);
});
