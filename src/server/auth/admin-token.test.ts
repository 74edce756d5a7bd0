import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ensureAdminToken } from './admin-token.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'signalbox-token-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('the first start makes a token that only its owner can read; later starts find it', async () => {
  const data = join(directory, 'data');
  const token = await ensureAdminToken(data);
  assert.match(token, /^sbx_[\w-]{43}$/);
  assert.equal(statSync(join(data, 'admin-token')).mode & 0o777, 0o600);
  assert.equal(readFileSync(join(data, 'admin-token'), 'utf8'), `${token}\n`);
  assert.equal(await ensureAdminToken(data), token);
  assert.deepEqual(readdirSync(data), ['admin-token']);
});

test('two first starts at once agree on one token', async () => {
  const tokens = await Promise.all([ensureAdminToken(directory), ensureAdminToken(directory)]);
  assert.equal(tokens[0], tokens[1]);
  assert.deepEqual(readdirSync(directory), ['admin-token']);
});

test('a file without a token is not taken for one', async () => {
  writeFileSync(join(directory, 'admin-token'), '\n');
  await assert.rejects(ensureAdminToken(directory), { code: 'corrupt', message: /delete the file/ });
});
