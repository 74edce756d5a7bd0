import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goodConfig } from '../../../test/support/config.ts';
import { startFakeNode } from '../../../test/support/radicle/fake-node.ts';
import { createRadicleHome } from '../../../test/support/radicle/home.ts';
import { checkRadicle } from './radicle.ts';

test('what Radicle needs is looked at where the configuration names it', async () => {
  using home = createRadicleHome();
  const bin = join(home.directory, 'bin');
  mkdirSync(bin);
  const install = (name: string, answer: string): void =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${answer}\n`, { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: home.directory };
  const config = goodConfig(
    `version: 1
sources: { radicle: { home: ${home.directory} } }
adapters: { native: { command: native-ci } }
rules: [{ name: ci, on: patch, adapter: native, report: radicle }]`,
    { env },
  );
  const look = async (userId = process.getuid?.()) =>
    Object.fromEntries(
      (await checkRadicle(config, env, userId)).map(({ check, health, says }) => [check, [health, says]]),
    );

  const bare = await look();
  assert.deepEqual(bare['radicle'], ['ok', `${home.directory}: 0 repositories in storage`]);
  assert.equal(bare['radicle node']?.[0], 'warning');
  assert.ok(bare['radicle node']?.[1]?.includes(home.socket));
  assert.equal(bare['rad']?.[0], 'broken');
  assert.equal(bare['rad-job']?.[0], 'info');
  assert.equal(bare['adapter native']?.[0], 'broken');

  install('rad', 'echo rad 1.10.0');
  install('rad-job', '[ "$1" = --version ] && echo rad-job 0.6.0 || echo "Commands: trigger start finish"');
  install('native-ci', '');
  {
    await using _node = await startFakeNode(home.socket);
    assert.deepEqual(await look(), {
      radicle: bare['radicle'],
      'radicle node': ['ok', `answers at ${home.socket}`],
      rad: ['ok', 'rad 1.10.0'],
      'rad-job': ['ok', 'rad-job 0.6.0'],
      'adapter native': ['ok', join(bin, 'native-ci')],
    });
  }

  install('rad-job', '[ "$1" = --version ] && echo rad-job 9.0.0 || echo "Commands: begin finish"');
  const { 'rad-job': job, 'adapter native': foreign } = await look(4242);
  assert.deepEqual(job, [
    'warning',
    'rad-job 9.0.0 has no trigger, no start: signalbox cannot tell of jobs by it',
  ]);
  assert.equal(foreign?.[0], 'warning');
  assert.match(foreign[1] ?? '', /the storage belongs to user \d+, and git refuses/);
  rmSync(join(home.directory, 'storage'), { recursive: true });
  assert.equal((await look())['radicle']?.[0], 'broken');
});

test('where nothing of Radicle is configured, nothing is looked at', async () => {
  assert.deepEqual(await checkRadicle(null, {}), []);
  assert.deepEqual(await checkRadicle(goodConfig('version: 1'), {}), []);
});
