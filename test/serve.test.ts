import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ConfigStateJson } from '../src/server/json/config-state.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** How a server begins and ends, in the real program. */

const program = join(import.meta.dirname, '..', 'bin', 'signalbox');
const longestMs = 30_000;

/** Starts `signalbox serve` on free ports. */
function serve(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  options = ['--port', '0', '--admin-port', '0', '--host', '127.0.0.1'],
) {
  const child = spawn(program, ['serve', ...options, ...args], {
    cwd: tmpdir(),
    env: { PATH: process.env['PATH'], HOME: tmpdir(), ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: longestMs,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()));
  return { child, said: () => said, ended: once(child, 'close').then(([code, by]) => code ?? by) };
}

/** The same, to its end. */
async function served(args: readonly string[]): Promise<{ readonly code: unknown; readonly said: string }> {
  const { said, ended } = serve(args);
  return { code: await ended, said: said() };
}

describe('a server', { timeout: 100_000 }, () => {
  let server: TestServer;
  before(async () => {
    server = await startServer(
      'version: 1\ndata: ./data\nrules:\n  - { name: path, on: manual, run: \'printf "%s\\n" "$PATH"\' }\n',
      { PATH: ['/nowhere/first', process.env['PATH'], '/nowhere/last'].join(':') },
    );
  });
  after(() => server?.[Symbol.asyncDispose]());

  /** Starts the rule by hand; what it printed. */
  async function printed(): Promise<string> {
    const { runs } = await server.api<{ runs: readonly string[] }>('/api/rules/path/run', {
      method: 'POST',
      body: '{}',
    });
    const run = await until(async () => {
      const run = await server.api<RunDetailJson>(`/api/runs/${runs[0]}`);
      return run.state === 'finished' ? run : undefined;
    }, 'the run to end');
    assert.equal(run.outcome, 'success', run.reason ?? '');
    const log = await fetch(`${server.adminUrl}/api/runs/${run.id}/log`, {
      headers: { authorization: `Bearer ${server.token}`, accept: 'application/x-ndjson' },
    });
    const lines = (await log.text()).trimEnd().split('\n');
    return lines
      .map(line => JSON.parse(line) as { stream: string; text: string })
      .filter(({ stream }) => stream === 'stdout')
      .map(({ text }) => text)
      .join('\n');
  }

  test('a job sees the PATH of who started the server: nothing of a checkout, nothing of npm', async () => {
    assert.equal(await printed(), `/nowhere/first:${process.env['PATH']}:/nowhere/last`);
  });

  test('A33: a broken rule refuses the whole reload: what was in force stays, and everyone can see why', async () => {
    const file = join(server.directory, 'signalbox.yaml');
    const good = readFileSync(file, 'utf8');
    const health = async () => (await server.api<{ config: ConfigStateJson }>('/api/health')).config;
    const rules = async () =>
      (await server.api<{ items: { name: string }[] }>('/api/rules')).items.map(({ name }) => name);
    const metric = async () => {
      const headers = { authorization: `Bearer ${server.token}` };
      const text = await (await fetch(`${server.adminUrl}/metrics`, { headers })).text();
      return /^signalbox_config_last_reload_successful (\d)$/m.exec(text)?.[1];
    };
    const { pid } = JSON.parse(readFileSync(join(server.directory, 'data', 'server.json'), 'utf8')) as {
      pid: number;
    };
    const hangUp = async (text: string, said: string) => {
      writeFileSync(file, text);
      process.kill(pid, 'SIGHUP');
      await until(() => server.output().includes(said), said);
    };
    const before = await health();

    await hangUp(`${good}  - { name: other, on: push }\n`, 'the configuration stays as it was');
    const refused = await health();
    assert.match(refused.error ?? '', /signalbox\.yaml:5:5 rules\[1\]: does nothing/);
    assert.equal(refused.loadedAt, before.loadedAt);
    assert.deepEqual(await rules(), ['path']);
    assert.equal(await metric(), '0');
    assert.match(server.output(), /"msg":"config\.refused"/);

    const restart = 'a restart is needed for limits.runs';
    await hangUp(`${good}  - { name: other, on: push, run: make }\nlimits: { runs: 9 }\n`, restart);
    assert.deepEqual(await rules(), ['path', 'other']);
    const { error, needsRestart } = await health();
    assert.deepEqual([error, needsRestart], [null, ['limits.runs']]);
    assert.equal(await metric(), '1');
    assert.match(server.output(), /"needsRestart":\["limits\.runs"\],"msg":"config\.reloaded"/);
    const { items } = await server.api<{ items: { slots: number }[] }>('/api/agents');
    assert.equal(items[0]?.slots, 4);
    writeFileSync(file, good);
  });

  test('A82: a second one on its data is refused with 5, in one sentence, and leaves it at work', async () => {
    const data = join(server.directory, 'data');
    const { pid } = JSON.parse(readFileSync(join(data, 'server.json'), 'utf8')) as { pid: number };
    const { code, said } = await served(['--data', data]);
    assert.equal(code, 5);
    assert.equal(
      said,
      `signalbox: the data directory ${data} is in use by another signalbox (process ${pid}): stop that one, or choose another directory\n`,
    );
    assert.match(await printed(), /nowhere/);
    assert.ok(existsSync(join(data, 'server.json')));
  });

  test('that ends cleanly takes down its address; one that is killed does not, and the next replaces it', async () => {
    const file = join(server.directory, 'data', 'server.json');
    assert.equal(await server.end('SIGTERM'), 0);
    assert.equal(existsSync(file), false);
    await server.start();
    await server.end('SIGKILL');
    assert.equal(existsSync(file), true);
    await server.start();
    assert.equal(JSON.parse(readFileSync(file, 'utf8')).admin, server.adminUrl);
  });
});

describe('a server that cannot start', { timeout: 100_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'signalbox-serve-'));
  after(() => rmSync(scratch, { recursive: true }));

  test('says what is wrong with its data directory, and ends with 5', async () => {
    const file = join(scratch, 'a-file');
    writeFileSync(file, '');
    for (const data of [file, join(file, 'below'), '/proc/nope', '/proc/nope/below', '/proc']) {
      const { code, said } = await served(['--data', data]);
      assert.equal(code, 5, `${data}: ${said}`);
      assert.match(said, /^signalbox: the data directory \S+ cannot be (made|written)[^\n]*\n$/, data);
      assert.ok(said.includes(data), said);
    }
  });

  test('says so when nobody can be told that it is ready, and does not stay', async () => {
    mkdirSync(join(scratch, 'a-directory'));
    for (const [ready, why] of [
      [join(scratch, 'none', 'ready.json'), 'its directory does not exist'],
      [join(scratch, 'a-directory'), 'it is a directory'],
    ] as const) {
      const { code, said } = await served(['--data', join(scratch, 'data'), '--ready-file', ready]);
      assert.equal(code, 5);
      assert.equal(said, `signalbox: ${ready} cannot be written: ${why}\n`);
      assert.equal(existsSync(join(scratch, 'data', 'server.json')), false);
    }
  });
});

test('a SIGHUP that comes while the server opens is heard later, and does not end it', {
  timeout: 60_000,
}, async t => {
  const scratch = mkdtempSync(join(tmpdir(), 'signalbox-hangup-'));
  t.after(() => rmSync(scratch, { recursive: true }));
  const data = join(scratch, 'data');
  const { child, said, ended } = serve(['--data', data]);
  t.after(() => child.kill('SIGKILL'));
  // The first sign of life, long before the doors are open.
  await until(() => existsSync(join(data, 'lock.sqlite')), 'the data directory');
  child.kill('SIGHUP');
  await until(() => said().includes('signalbox: the configuration was read again'), 'the reload');
  child.kill('SIGTERM');
  assert.equal(await ended, 0, said());
});
