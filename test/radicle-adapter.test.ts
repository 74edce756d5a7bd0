import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import type { RunJson } from '../src/server/json/run.ts';
import { createRadicleHome } from './support/radicle/home.ts';
import { createPerson } from './support/radicle/person.ts';
import { startServer, until } from './support/server.ts';

/** `signalbox adapter`, the real program, called as a broker calls it. */

const ann = createPerson('ann');
const program = join(import.meta.dirname, '..', 'bin', 'signalbox');
const options = { timeout: 60_000 };

function open() {
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann] });
  const first = repository.commit(null, 'First', { file: 'hello\n' });
  repository.push(ann, 'refs/heads/main', first);
  const config = `version: 1
data: ./data
public: { host: 127.0.0.1, port: 0 }
admin: { port: 0 }
sources: { radicle: { home: ${home.directory} } }
rules:
  - { name: green, on: manual, run: cat file }
  - { name: red, on: manual, run: echo no >&2; exit 3 }
`;
  return { home, repository, first, config };
}

async function call(args: readonly string[], cwd: string, request: string) {
  const child = spawn(program, ['adapter', ...args], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd },
    timeout: 40_000,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(request);
  const [stdout, stderr, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  const responses: readonly unknown[] = stdout
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line));
  return { code, stderr, responses };
}

const minimal = (repo: string, commit: string) => `${JSON.stringify({ request: 'trigger', repo, commit })}\n`;
const current = (id: string, after: string) =>
  `${JSON.stringify({ request: 'trigger', version: 1, event_type: 'push', repository: { id }, after, commits: [after] })}\n`;

test('a request becomes a run of a server, and its end the answer', options, async () => {
  const { home, repository, first, config } = open();
  using _home = home;
  await using server = await startServer(config);
  const green = await call(['--rule', 'green'], server.directory, current(repository.rid, first));
  assert.equal(green.code, 0, green.stderr);
  const [triggered, finished, ...rest] = green.responses;
  assert.ok(typeof triggered === 'object' && triggered !== null && 'run_id' in triggered);
  assert.match(
    JSON.stringify(triggered),
    /^\{"response":"triggered","run_id":\{"id":"run_\w+"\},"info_url":"http:\/\/127\.0\.0\.1:\d+\/#\/runs\/run_\w+"\}$/,
  );
  assert.deepEqual([finished, ...rest], [{ response: 'finished', result: 'success' }]);
  assert.match(green.stderr, /^hello$/m);
  const red = await call(['--rule', 'red'], server.directory, minimal(repository.rid, first));
  assert.equal(red.code, 1);
  assert.deepEqual(red.responses[1], { response: 'finished', result: 'failure' });

  const unknown = await call(['--rule', 'blue'], server.directory, minimal(repository.rid, first));
  assert.equal(unknown.code, 3);
  assert.deepEqual(unknown.responses, []);
});

test('a broker that ends it ends the run', options, async () => {
  const { home, repository, first, config } = open();
  using _home = home;
  await using server = await startServer(
    `${config}  - { name: slow, on: manual, run: echo begun; sleep 600 }\n`,
  );
  const child = spawn(program, ['adapter', '--rule', 'slow'], {
    cwd: server.directory,
    env: { PATH: process.env['PATH'], HOME: server.directory },
    timeout: 40_000,
  });
  child.stdin.end(current(repository.rid, first));
  const closed = once(child, 'close');
  const stdout = text(child.stdout);
  for await (const bytes of child.stderr) if (String(bytes).includes('begun')) break;
  child.kill('SIGTERM');
  await closed;
  assert.match(await stdout, /"response":"finished","result":"failure"\}\n$/);
  await until(async () => {
    const { items } = await server.api<{ readonly items: readonly RunJson[] }>('/api/runs');
    return items[0]?.outcome === 'cancelled';
  }, 'the end of the run');
});

test('without a server it is a house of its own', options, async () => {
  const { home, repository, first, config } = open();
  using _home = home;
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-adapter-'));
  try {
    writeFileSync(join(directory, 'here.yaml'), config);
    const args = ['--config', 'here.yaml', '--rule', 'green'];
    const ran = await call(args, directory, current(repository.rid, first));
    assert.equal(ran.code, 0, ran.stderr);
    assert.deepEqual(ran.responses[1], { response: 'finished', result: 'success' });
    assert.match(ran.stderr, /^hello$/m);
    for (const request of ['', 'hello', '{}', '{"request":"trigger","repo":"rad:zX","commit":"--upload"}']) {
      const refused = await call(args, directory, request);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /no request of a Radicle CI broker/);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
});
