import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runInProcess } from '../../test/support/cli.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'signalbox-config-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const check = (...argv: string[]) => runInProcess(['config', 'check', ...argv], { cwd });
const file = (name: string, text: string) => writeFile(join(cwd, name), text);

test('a good configuration is ok, in short', async () => {
  await file(
    'signalbox.yaml',
    'version: 1\ndata: ./here\nrules:\n  - { name: unit, on: push, run: npm test }\n',
  );
  const { code, stdout } = await check();
  assert.equal(code, 0);
  assert.match(stdout, /^ok .*signalbox\.yaml$/m);
  assert.match(stdout, /^rules +unit$/m);
  assert.match(stdout, new RegExp(`^data +${join(cwd, 'here')}$`, 'm'));
  assert.equal(JSON.parse((await check('--json')).stdout).ok, true);
});

test('each mistake is told with its line, and the end is 2', async () => {
  await file('other.yaml', 'version: 1\nrulez: []\nlimits: { runs: none }\n');
  for (const argv of [['other.yaml'], ['--config', 'other.yaml']]) {
    const { code, stdout } = await check(...argv);
    assert.equal(code, 2);
    assert.match(stdout, /^error .*other\.yaml:2:1 .*did you mean "rules"\?$/m);
    assert.match(stdout, /^error .*other\.yaml:3:\d+ limits\.runs: /m);
  }
  const { ok, problems } = JSON.parse((await check('other.yaml', '--json')).stdout);
  assert.equal(ok, false);
  assert.equal(problems[0].line, 2);
});

test('no file at all is fine, a named one must be there', async () => {
  assert.equal((await check()).code, 0);
  assert.equal((await check('nothing.yaml')).code, 2);
});

test('the schema is a JSON Schema', async () => {
  const { code, stdout } = await runInProcess(['config', 'schema'], { cwd });
  assert.equal(code, 0);
  assert.match(JSON.parse(stdout).$schema, /json-schema\.org/);
});
