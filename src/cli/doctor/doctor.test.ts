import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { runInProcess, terminal, testIo } from '../../../test/support/cli.ts';
import { startHostileServer } from '../../../test/support/hostile-server.ts';
import { loadConfigFile } from '../config-file.ts';
import { checkData } from './data.ts';
import type { Finding } from './finding.ts';
import { checkIsolation, isolationFinding } from './isolation.ts';
import { checkGit, checkNode, checkShell, checkUser } from './machine.ts';
import { checkConfig, checkServer } from './service.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'signalbox-doctor-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const env = { PATH: process.env['PATH'] };
const health = (findings: readonly Finding[], check: string) =>
  findings.find(each => each.check === check)?.health;

test('an old Node.js, a missing git, a missing shell are broken; root is a warning', async () => {
  assert.equal(checkNode('24.0.0').health, 'ok');
  assert.equal(checkNode('22.21.0').health, 'broken');
  assert.equal((await checkGit(env)).health, 'ok');
  assert.equal((await checkGit({ PATH: cwd })).health, 'broken');
  assert.equal((await checkShell()).health, 'ok');
  assert.equal((await checkShell(join(cwd, 'sh'))).health, 'broken');
  assert.equal(checkUser(0).health, 'warning');
  assert.equal(checkUser(1000).health, 'ok');
});

test('A50: whether jobs can be isolated is tried; where they cannot, the danger and the mend are told', async () => {
  const unusable = isolationFinding({ result: 'unusable', reason: 'unshare is refused', mend: 'allow it' });
  assert.equal(unusable.health, 'warning');
  assert.match(unusable.says, /unshare is refused.*forks will end as "error".*can read what signalbox keeps/);
  assert.equal(unusable.mend, 'allow it');
  assert.equal(isolationFinding({ result: 'usable' }).health, 'ok');
  const here = await checkIsolation(env);
  // Here it is one or the other; each says what it is.
  assert.match(here.says, here.health === 'ok' ? /^works, as tried/ : /^does not work \(.+\)/);
});

test('an old git is told apart from a new one', async () => {
  for (const [version, expected] of [
    ['2.29.9', 'broken'],
    ['2.30.0', 'ok'],
    ['3.0', 'ok'],
    ['1.99', 'broken'],
  ]) {
    await writeFile(join(cwd, 'git'), `#!/bin/sh\necho git version ${version}\n`, { mode: 0o755 });
    assert.equal((await checkGit({ PATH: cwd })).health, expected, version);
  }
});

test('the data directory is tried out, and nothing is left in it', async () => {
  const data = join(cwd, 'data');
  assert.match((await checkData(data, 'server'))[0]?.says ?? '', /will be created/);
  await mkdir(data);
  const findings = await checkData(data, 'server');
  assert.match(findings[0]?.says ?? '', /is writable/);
  assert.equal(health(findings, 'clock'), 'ok');
  assert.equal(health(findings, 'admin token'), 'info');
  assert.deepEqual(await readdir(data), []);
});

test('a token that others can read is broken, and the mend says how', async () => {
  await writeFile(join(cwd, 'admin-token'), 'x', { mode: 0o600 });
  assert.equal(health(await checkData(cwd, 'server'), 'admin token'), 'ok');
  await chmod(join(cwd, 'admin-token'), 0o644);
  const found = (await checkData(cwd, 'server')).find(({ check }) => check === 'admin token');
  assert.equal(found?.health, 'broken');
  assert.match(found.mend ?? '', /^chmod 600 /);
});

test('a data directory that is a file is broken', async () => {
  await writeFile(join(cwd, 'data'), '');
  assert.equal((await checkData(join(cwd, 'data'), 'server'))[0]?.health, 'broken');
});

test('the configuration is judged as serve would', async () => {
  const look = (text: string) =>
    writeFile(join(cwd, 'signalbox.yaml'), text).then(() =>
      checkConfig(loadConfigFile({ cwd, env }, undefined)),
    );
  assert.equal(checkConfig(loadConfigFile({ cwd, env }, undefined)).health, 'info');
  assert.equal((await look('version: 1\n')).health, 'ok');
  const wrong = await look('version: 1\nrulez: []\n');
  assert.equal(wrong.health, 'broken');
  assert.match(wrong.says, /signalbox\.yaml:2:1 .*rules/);
});

test('a port that another program has is broken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise(resolve => other.once('listening', resolve));
  const address = other.address();
  assert.ok(typeof address === 'object' && address !== null);
  const door = { host: '127.0.0.1', url: null };
  const loaded = loadConfigFile({ cwd, env }, undefined);
  assert.equal(loaded.result, 'loaded');
  const config = { ...loaded.config, public: { ...door, port: address.port }, admin: { ...door, port: 0 } };
  const findings = await checkServer(
    testIo({ cwd }),
    { url: undefined, token: undefined, data: undefined },
    config,
  );
  other.close();
  assert.equal(health(findings, 'server'), 'info');
  assert.equal(health(findings, 'public port'), 'broken');
  assert.equal(health(findings, 'admin port'), 'ok');
});

test('a server that RabbitMQ keeps waiting says so, and not merely that it is ill', async () => {
  await using server = await startHostileServer((_, response) => {
    const well = { version: '0', store: { error: null }, config: { error: null }, sources: [] };
    const transport = { error: 'RabbitMQ takes no messages (low on disk)' };
    response.end(JSON.stringify({ ...well, ok: false, transport }));
  });
  const { stdout } = await runInProcess(['doctor', '--url', server.url], { cwd, env, ...terminal() });
  assert.match(stdout, /^✗ server {7}http\S+: RabbitMQ takes no messages \(low on disk\)$/m);
});

test('an agent is not asked for what servers have', async () => {
  await writeFile(
    join(cwd, 'agent.yaml'),
    'version: 1\ntransport: amqp://a:b@127.0.0.1:1/sb\nagent: { name: box, pools: [linux] }\n',
  );
  const { stdout } = await runInProcess(['doctor', '--config', 'agent.yaml'], { cwd, env, ...terminal() });
  assert.match(stdout, /^✗ transport /m);
  assert.match(stdout, /^✓ data /m);
  assert.doesNotMatch(stdout, /^. (?:admin token|store|server|public port)/m);
});

test('a RabbitMQ that does not answer is broken, with its address and what to do', async () => {
  await writeFile(join(cwd, 'signalbox.yaml'), 'version: 1\ntransport: amqp://a:b@127.0.0.1:1/sb\n');
  const { code, stdout } = await runInProcess(['doctor'], { cwd, env, ...terminal() });
  assert.equal(code, 1);
  const told = stdout.replaceAll(/\s+/g, ' ');
  assert.match(
    told,
    /✗ transport RabbitMQ at amqp:\/\/a@127\.0\.0\.1:1\/sb does not answer \(.*ECONNREFUSED/,
  );
  assert.match(told, /→ is it running, and reachable from here\?/);
});

test('a server that is ill makes the whole command end with 1', async () => {
  await using server = await startHostileServer((_, response) => {
    response.end(
      '{"ok":false,"version":"0","store":{"error":"the disk is full"},"config":{"error":null},"sources":[]}',
    );
  });
  const { code, stdout } = await runInProcess(['doctor', '--url', server.url], { cwd, env, ...terminal() });
  assert.equal(code, 1);
  assert.match(stdout, /^✗ server {7}http\S+: the disk is full\n {15}→ see its log$/m);
});

test('a server that cannot catch up is warned of, with its own sentence', async () => {
  await using server = await startHostileServer((_, response) => {
    const sources = [{ catchUp: null }, { catchUp: { problems: ['GitHub answers 404'] } }];
    const well = { ok: true, version: '0', store: { error: null }, config: { error: null } };
    response.end(JSON.stringify({ ...well, sources }));
  });
  const { stdout } = await runInProcess(['doctor', '--url', server.url], { cwd, env, ...terminal() });
  assert.match(stdout, /^! server {7}it cannot catch up: GitHub answers 404$/m);
});

test('A84: a damaged store is broken, with the sentence of the start', async () => {
  const data = await mkdtemp(join(cwd, 'damaged-'));
  await writeFile(join(data, 'signalbox.sqlite'), 'this is no database '.repeat(1000));
  const found = (await checkData(data, 'server')).find(({ check }) => check === 'store');
  assert.equal(found?.health, 'broken');
  assert.match(found.says, /is damaged \(file is not a database\)$/);
  assert.match(found.mend ?? '', /^move the directory away, .* signalbox restore$/);
});
