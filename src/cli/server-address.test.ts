import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { findServer } from './server-address.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'signalbox-address-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const none = { url: undefined, token: undefined, data: undefined };
const local = { pid: process.pid, public: 'http://127.0.0.1:18080', admin: 'http://127.0.0.1:18081' };

async function serverAt(data: string, server: unknown, token = 'sbx_local'): Promise<void> {
  await mkdir(join(cwd, data), { recursive: true });
  await writeFile(join(cwd, data, 'server.json'), JSON.stringify(server));
  await writeFile(join(cwd, data, 'admin-token'), `${token}\n`);
}

test('without anything, the default address and no token', async () => {
  const found = await findServer({ env: {}, cwd }, none);
  assert.deepEqual(found, { admin: 'http://127.0.0.1:8081', public: null, token: null });
});

test('a server that runs on ./data is found, with its token', async () => {
  await serverAt('data', local);
  assert.deepEqual(await findServer({ env: {}, cwd }, none), {
    admin: local.admin,
    public: local.public,
    token: 'sbx_local',
  });
});

test('the data directory is the one that signalbox.yaml names, however broken the rest of it is', async () => {
  await writeFile(join(cwd, 'signalbox.yaml'), 'data: ./elsewhere\nrules: 7\n');
  await serverAt('elsewhere', local);
  assert.equal((await findServer({ env: {}, cwd }, none)).admin, local.admin);
  await writeFile(join(cwd, 'signalbox.yaml'), 'data: [\n');
  assert.equal((await findServer({ env: {}, cwd }, none)).admin, 'http://127.0.0.1:8081');
});

test('options win over the environment, the environment over what is found', async () => {
  await serverAt('data', local);
  const env = { SIGNALBOX_URL: 'http://127.0.0.1:1', SIGNALBOX_TOKEN: 'from-env' };
  assert.deepEqual(await findServer({ env, cwd }, none), {
    admin: 'http://127.0.0.1:1',
    public: null,
    token: 'from-env',
  });
  const options = { url: 'http://127.0.0.1:2/', token: 'given', data: undefined };
  assert.deepEqual(await findServer({ env, cwd }, options), {
    admin: 'http://127.0.0.1:2',
    public: null,
    token: 'given',
  });
});

test('the token on disk is never shown to another machine', async () => {
  await serverAt('data', local);
  for (const url of ['https://signalbox.evil.example', 'http://127.evil.example', 'http://192.0.2.1'])
    assert.equal((await findServer({ env: {}, cwd }, { ...none, url })).token, null, url);
  for (const url of ['http://127.0.0.1:1', 'http://[::1]:1', 'http://localhost:1'])
    assert.equal((await findServer({ env: {}, cwd }, { ...none, url })).token, 'sbx_local', url);
});

test('what a dead process or a stranger wrote into server.json is not believed', async () => {
  const wrong = [
    { ...local, pid: 2 ** 22 + 1 },
    { ...local, admin: 'http://192.0.2.1:80' },
    { ...local, admin: 'http://localhost.evil.example' },
    { pid: 'x' },
  ];
  for (const server of wrong) {
    await serverAt('data', server);
    assert.equal(
      (await findServer({ env: {}, cwd }, none)).admin,
      'http://127.0.0.1:8081',
      JSON.stringify(server),
    );
  }
  await writeFile(join(cwd, 'data', 'server.json'), '{');
  assert.equal((await findServer({ env: {}, cwd }, none)).admin, 'http://127.0.0.1:8081');
});

test('an address that is none is refused before anything is sent', async () => {
  for (const url of ['ftp://x', 'signalbox', 'http://user:secret@127.0.0.1'])
    await assert.rejects(findServer({ env: {}, cwd }, { ...none, url }), { code: 'invalid' });
});

test('a token that no header can carry is refused without being repeated', async () => {
  const wrong = findServer({ env: {}, cwd }, { ...none, token: 'sbx_secret\nx' });
  await assert.rejects(wrong, error => error instanceof Error && !error.message.includes('secret'));
});
