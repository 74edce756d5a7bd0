import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { EventDetailJson } from '../src/server/json/event.ts';
import type { RunDetailJson, RunJson } from '../src/server/json/run.ts';
import { exchange, openSocket, untilClosed } from './support/doors/raw-socket.ts';
import { type Persona, persona, startPersona } from './support/persona.ts';
import { until } from './support/server.ts';

/** `signalbox as gort`, the real program over real sockets, against what GORT answers. */

const started = 'The function will be executed in the background. Refer to container logs to see the output';
const page404 = { status: 404, error: 'This page does not exist!' };

const files = {
  'dist/a.sh': 'echo "hello $*"; echo "FOO is $FOO" >&2; exit "${CODE:-0}"\n',
  'dist/.hidden': 'echo hidden\n',
  'dist/sub/s.sh': '',
  'dist/env.sh': 'env | sort\n',
  'dist/wait.sh': 'echo $$ > pid; while [ ! -e go ]; do sleep 0.05; done; echo gone\n',
  'dist/tree.sh': 'sleep 600 & sleep 600\n',
  'dist/crawler.py': '',
  'dist/example.py': '',
  'dist/script.js': '',
  'other.sh': 'echo other\n',
};

interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Asks byte by byte, and hears byte by byte; without what every HTTP server says differently. */
async function ask(
  url: string,
  method: string,
  path: string,
  body?: string,
  ...headers: string[]
): Promise<Heard> {
  const length = body === undefined ? [] : [`Content-Length: ${Buffer.byteLength(body)}`];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...length, ...headers];
  return parsed(await exchange(url, `${head.join('\r\n')}\r\n\r\n${body ?? ''}`));
}

function parsed(text: string): Heard {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [status = '', ...lines] = head.split('\r\n');
  const said = lines
    .map(line => line.split(/: (.*)/s))
    .map(([name = '', value = '']) => [name.toLowerCase(), value]);
  const kept = said.filter(
    ([name = '']) => !['date', 'connection', 'keep-alive', 'content-length'].includes(name),
  );
  return {
    status: Number(status.split(' ')[1]),
    headers: Object.fromEntries(kept),
    body: rest.join('\r\n\r\n'),
  };
}

const plain = { 'content-type': 'text/plain; charset=utf-8' };
const ok = (body: string): Heard => ({ status: 200, headers: plain, body });
const no = ({ status, error }: { readonly status: number; readonly error: string }): Heard => ({
  status,
  headers: { ...plain, 'x-content-type-options': 'nosniff' },
  body: `${error}\n`,
});

describe('as gort', { timeout: 110_000 }, () => {
  let gort: Persona;
  before(async () => {
    const env = { PATH: `bin:${process.env['PATH']}`, SECRET_OF_THE_CONTAINER: 'is for scripts' };
    gort = await startPersona(['gort'], { ...files, 'bin/python': '#!/bin/sh\necho "python $1"\n' }, env);
    const { chmodSync } = await import('node:fs');
    chmodSync(join(gort.directory, 'bin/python'), 0o755);
    symlinkSync('../other.sh', join(gort.directory, 'dist/leads-out'));
    symlinkSync('a.sh', join(gort.directory, 'dist/leads-in'));
  });
  after(() => gort?.[Symbol.asyncDispose]());

  const start = (body: unknown, ...headers: string[]) =>
    ask(gort.url, 'POST', '/v1/start', typeof body === 'string' ? body : JSON.stringify(body), ...headers);
  const runOf = ({ headers }: Heard) => headers['x-signalbox-run'] ?? assert.fail('no run was named');
  const run = (id: string) => gort.api<RunDetailJson>(`/api/runs/${id}`);
  const ended = (id: string) =>
    until(async () => {
      const found = await run(id);
      return found.state === 'finished' ? found : undefined;
    }, `${id} to end`);

  test('answers its paths, and says to all others that they do not exist', async () => {
    assert.deepEqual(await ask(gort.url, 'GET', '/v1/health'), ok('OK'));
    const names = readdirSync(join(gort.directory, 'dist')).sort();
    assert.deepEqual(
      await ask(gort.url, 'GET', '/v1/list-dist'),
      ok(names.map(name => `${name}\n`).join('')),
    );
    for (const path of ['/', '/v1', '/v1/', '/v1/health/', '/v1/start/', '/v1/none', '/healthz', '/github'])
      assert.deepEqual(await ask(gort.url, 'GET', path), no(page404), path);
    assert.deepEqual(await ask(gort.url, 'POST', '/', '{}'), no(page404));
  });

  test('answers other methods 405, without a word', async () => {
    for (const [method, path] of [
      ['HEAD', '/v1/health'],
      ['POST', '/v1/health'],
      ['HEAD', '/v1/list-dist'],
      ['DELETE', '/v1/list-dist'],
      ['GET', '/v1/start'],
      ['HEAD', '/v1/start'],
      ['PUT', '/v1/start'],
      ['OPTIONS', '/v1/start'],
      ['PROPFIND', '/v1/start'],
    ] as const)
      assert.deepEqual(
        await ask(gort.url, method, path),
        { status: 405, headers: {}, body: '' },
        method + path,
      );
  });

  test('checks a start in its order, with its words', async () => {
    const json = { status: 422, error: 'Not able to parse data as valid JSON' };
    const missing = {
      status: 400,
      error: "Required parameters 'executor' and 'script' were not found in the payload",
    };
    const executor = { status: 500, error: 'Requested executor is not installed' };
    const script = { status: 501, error: 'Requested script is not found in the scripts directory' };
    const crash = { status: 500, error: 'Internal Server Error' };
    const cases: readonly (readonly [unknown, { readonly status: number; readonly error: string }])[] = [
      ['', json],
      ['{"executor"', json],
      ['[]', json],
      ['"sh"', json],
      ['{"executor":1,"script":"a.sh"}', json],
      ['{"executor":"sh","script":"a.sh","env_vars":{}}', json],
      ['null', missing],
      ['{}', missing],
      [{ executor: 'sh' }, missing],
      [{ executor: '', script: 'a.sh' }, missing],
      [{ executor: 'none', script: 'none' }, executor],
      [{ executor: 'none', script: '' }, missing],
      [{ executor: 'sh', script: 'none' }, script],
      [{ executor: 'sh', script: '../other.sh' }, script],
      [{ executor: 'sh', script: 'sub/s.sh' }, script],
      [{ executor: 'sh', script: 'sub' }, script],
      [{ executor: 'sh', script: '..' }, script],
      [{ executor: 'sh', script: 'leads-out' }, script],
      [{ executor: 'sh', script: 'a.sh', args: ['\0'] }, crash],
      [{ executor: 'sh', script: 'a.sh', env_vars: ['A=\0'] }, crash],
    ];
    for (const [body, expected] of cases)
      assert.deepEqual(await start(body), no(expected), JSON.stringify(body));
  });

  test('what it has no words for is 403, with the name', async () => {
    for (const executor of ['/bin/sh', './bin/python', '../sh'])
      assert.deepEqual(
        await start({ executor, script: 'a.sh' }),
        no({
          status: 403,
          error: `The executor "${executor}" is not allowed: it is a path. Name a program on PATH, or set GORT_EXECUTOR_PATHS=allow`,
        }),
      );
    for (const name of ['LD_PRELOAD', 'DYLD_INSERT_LIBRARIES', 'BASH_ENV', 'ENV', 'NODE_OPTIONS', 'PATH'])
      assert.deepEqual(
        await start({ executor: 'sh', script: 'a.sh', env_vars: ['A=b', `${name}=x`] }),
        no({
          status: 403,
          error: `The variable "${name}" is not allowed: it changes what is run. Set it in the environment of the server`,
        }),
      );
  });

  test('its own examples', async () => {
    const node = `{
    "executor": "node",
    "script": "script.js",
    "env_vars": [
      "FOO=bar",
      "BAR=foo"
    ]
  }`;
    for (const body of [
      '{"executor":"python", "script": "crawler.py"}',
      '{"executor":"python", "script": "example.py"}',
      node,
    ]) {
      const {
        status,
        headers,
        body: said,
      } = await start(body, 'Content-Type: application/x-www-form-urlencoded');
      assert.deepEqual([status, headers['content-type'], said], [200, plain['content-type'], started]);
    }
    await until(
      () =>
        /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Just ran subprocess of example\.py with PID \d+$/m.test(
          gort.stderr(),
        ),
      'the line',
    );
    assert.match(gort.stderr(), /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d Gort is started on port \d+$/m);
    await until(() => /^python \S*\/dist\/crawler\.py$/m.test(gort.stdout()), 'what it printed');
  });

  test('a start is a stored event and a run, with log, exit code and reasons', async () => {
    const body = {
      executor: 'sh',
      script: 'a.sh',
      args: ['$(id)', 'a  b', '-x'],
      env_vars: ['FOO=1', 'FOO=2', 'CODE=3', 'odd', '=y'],
    };
    const heard = await start(body, 'X-Forwarded-For: 6.6.6.6');
    const id = runOf(heard);
    assert.equal(heard.headers['location'], `${gort.admin}/api/runs/${id}`);
    const { outcome, exitCode, event, rule, attempt } = await ended(id);
    assert.deepEqual([outcome, exitCode, rule, attempt], ['failure', 3, 'scripts', 1]);
    const lines = await (
      await fetch(`${gort.admin}/api/runs/${id}/log`, {
        headers: {
          accept: 'text/plain',
          authorization: `Bearer ${readFileSync(join(gort.directory, 'data/admin-token'), 'utf8').trim()}`,
        },
      })
    ).text();
    assert.match(lines, /^hello \$\(id\) a {2}b -x$/m);
    assert.match(lines, /^FOO is 2$/m);
    const detail = await gort.api<EventDetailJson>(`/api/events/${event}`);
    assert.equal(detail['type'], 'script');
    assert.deepEqual(detail['call'], { name: 'a.sh', args: body.args, env: ['FOO', 'CODE'] });
    const [verdict] = detail.verdicts;
    assert.deepEqual([verdict?.rule, verdict?.verdict, verdict?.runs], ['scripts', 'matched', [id]]);
    assert.deepEqual(
      verdict?.explanation.parts.map(({ text }) => text),
      ['the event is a script call', 'script "a.sh" is in ./dist'],
    );
    assert.equal(detail.delivery?.peer, '127.0.0.1');
    await until(() => gort.stdout().includes('hello $(id) a  b -x\n'), 'the output on stdout');
    await until(() => gort.stderr().includes('\nFOO is 2\n'), 'the errors on stderr');
  });

  test('what is refused leaves a record with the reason', async () => {
    await start({ executor: 'sh', script: 'not-there' });
    const { items } = await until(async () => {
      const page = await gort.api<{ items: { status: number; reason: string }[] }>('/api/refusals');
      return page.items.some(({ reason }) => reason.includes('not-there')) ? page : undefined;
    }, 'the record');
    assert.ok(
      items.some(
        ({ status, reason }) => status === 501 && reason.startsWith('there is no file "not-there" in '),
      ),
    );
  });

  test('waits when it is asked to, and tells the end', async () => {
    const wait = (body: object) => ask(gort.url, 'POST', '/v1/start?wait=1', JSON.stringify(body));
    const heard = await wait({ executor: 'sh', script: 'a.sh', env_vars: ['CODE=7'] });
    assert.match(heard.headers['content-type'] ?? '', /^application\/json/);
    const { output, ...rest } = JSON.parse(heard.body) as { output: string };
    assert.deepEqual(rest, { id: runOf(heard), outcome: 'failure', exitCode: 7 });
    assert.deepEqual(output.split('\n').sort(), ['', 'FOO is ', 'hello ']);
    const good = JSON.parse((await wait({ executor: 'sh', script: '.hidden' })).body) as object;
    assert.deepEqual({ ...good, id: '' }, { id: '', outcome: 'success', exitCode: 0, output: 'hidden\n' });
    const inside = JSON.parse((await wait({ executor: 'sh', script: 'leads-in' })).body) as {
      outcome: string;
    };
    assert.equal(inside.outcome, 'success');
  });

  test('scripts see the environment of the container and work where it works', async () => {
    const heard = await ask(gort.url, 'POST', '/v1/start?wait=1', '{"executor":"sh","script":"env.sh"}');
    const { output } = JSON.parse(heard.body) as { output: string };
    assert.match(output, /^SECRET_OF_THE_CONTAINER=is for scripts$/m);
    assert.match(output, new RegExp(`^PWD=${gort.directory}$`, 'm'));
    assert.match(output, new RegExp(`^SIGNALBOX_RUN_ID=${runOf(heard)}$`, 'm'));
  });

  test('lists as JSON for who asks for that, and as the folder is now', async () => {
    writeFileSync(join(gort.directory, 'dist/new.sh'), 'echo new\n');
    const heard = await ask(
      gort.url,
      'GET',
      '/v1/list-dist',
      undefined,
      'Accept: text/html, application/json;q=0.9',
    );
    assert.match(heard.headers['content-type'] ?? '', /^application\/json/);
    assert.deepEqual(JSON.parse(heard.body), readdirSync(join(gort.directory, 'dist')).sort());
    assert.equal((await start({ executor: 'sh', script: 'new.sh' })).status, 200);
    rmSync(join(gort.directory, 'dist/new.sh'));
    assert.equal((await start({ executor: 'sh', script: 'new.sh' })).status, 501);
  });

  test('a body over 1 MiB is 413, told its length or not', async () => {
    const expected = no({ status: 413, error: 'The request body is larger than 1 MiB' });
    const most = 1024 * 1024;
    const fits = JSON.stringify({ executor: 'none', script: 'a.sh', other: '' });
    const padded = fits.replace('"other":"', `"other":"${'x'.repeat(most - fits.length)}`);
    assert.equal((await start(padded)).status, 500);
    const socket = await openSocket(gort.url);
    const told = untilClosed(socket);
    socket.write(`POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: ${most + 1}\r\n\r\n`);
    assert.deepEqual(parsed(await told), expected);
    const chunked = await openSocket(gort.url);
    const answer = untilClosed(chunked);
    chunked.write('POST /v1/start HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    chunked.write(`${(most + 1).toString(16)}\r\n${'x'.repeat(most + 1)}\r\n`);
    assert.deepEqual(parsed(await answer), expected);
  });

  test('what runs can be seen and stopped, whole, and leaves no zombie', async () => {
    const id = runOf(await start({ executor: 'sh', script: 'tree.sh' }));
    const { items } = await until(async () => {
      const page = await gort.api<{ items: RunJson[] }>('/api/runs?state=running');
      return page.items.some(run => run.id === id) ? page : undefined;
    }, 'the run in the list');
    assert.deepEqual([items[0]?.rule, items[0]?.script], ['scripts', 'tree.sh']);
    await gort.api(`/api/runs/${id}/cancel`, { method: 'POST' });
    assert.equal((await ended(id)).outcome, 'cancelled');
    const { pid } = JSON.parse(readFileSync(join(gort.directory, 'ready.json'), 'utf8')) as { pid: number };
    await until(() => zombiesBelow(pid).length === 0, 'the zombies to go');
  });

  test('what a file has become by the time it starts is what counts', async () => {
    const file = join(gort.directory, 'dist/swapped.sh');
    writeFileSync(file, 'echo inside\n');
    const id = runOf(await start({ executor: 'sh', script: 'swapped.sh' }));
    await ended(id);
    rmSync(file);
    symlinkSync('../other.sh', file);
    const again = await gort.api<RunJson>(`/api/runs/${id}/rerun`, { method: 'POST' });
    const { outcome, reason } = await ended(again.id);
    assert.equal(outcome, 'error');
    assert.match(reason ?? '', /"swapped\.sh" leads out of /);
    rmSync(file);
  });

  test('kill -9 after the answer: the start is there, its processes are ended, and it is not silently repeated', async () => {
    const id = runOf(await start({ executor: 'sh', script: 'wait.sh' }));
    const pid = await until(
      () =>
        existsSync(join(gort.directory, 'pid')) && readFileSync(join(gort.directory, 'pid'), 'utf8').trim(),
      'the script to start',
    );
    await gort.end('SIGKILL');
    await gort.start();
    const { outcome, attempt, reason } = await ended(id);
    assert.deepEqual([outcome, attempt], ['lost', 1]);
    assert.match(reason ?? '', /attempt 1 was lost/);
    assert.equal(existsSync(`/proc/${pid}`), false);
  });

  test('kill -9 between the answer and the start: it starts with the next life', async () => {
    const events = async () =>
      (await gort.api<{ items: { id: string }[] }>('/api/events')).items.map(({ id }) => id);
    const known = await events();
    await gort.end('SIGTERM');
    await gort.start({ SIGNALBOX_FAULT: 'after-ack:1' });
    await start({ executor: 'sh', script: 'a.sh', args: ['survivor'] }).catch(() => undefined);
    await gort.end('SIGTERM');
    await gort.start();
    const more = (await events()).filter(id => !known.includes(id));
    assert.equal(more.length, 1);
    const { items } = await gort.api<{ items: RunJson[] }>(`/api/runs?event=${more[0]}`);
    assert.equal(items.length, 1);
    assert.equal((await ended(items[0]?.id ?? '')).outcome, 'success');
    assert.match(gort.stdout(), /^hello survivor$/m);
  });

  test('SIGTERM sees what runs to its end, and ends with 0', async () => {
    rmSync(join(gort.directory, 'pid'), { force: true });
    const id = runOf(await start({ executor: 'sh', script: 'wait.sh' }));
    await until(() => existsSync(join(gort.directory, 'pid')), 'the script to start');
    const end = gort.end('SIGTERM');
    writeFileSync(join(gort.directory, 'go'), '');
    assert.equal(await end, 0);
    await gort.start();
    assert.equal((await run(id)).outcome, 'success');
  });
});

/** Dead processes that nobody has asked after, among those that a process has started. */
function zombiesBelow(pid: number): readonly string[] {
  const found = readdirSync('/proc').flatMap(name => {
    try {
      const [, state, parent] =
        /^\d+ \(.*\) (\S) (\d+) /s.exec(readFileSync(`/proc/${name}/stat`, 'utf8')) ?? [];
      return state === undefined ? [] : [{ name, state, parent: Number(parent) }];
    } catch {
      return []; // it is gone
    }
  });
  const below = (parent: number): readonly (typeof found)[number][] =>
    found.filter(each => each.parent === parent).flatMap(each => [each, ...below(Number(each.name))]);
  return below(pid).flatMap(({ name, state }) => (state === 'Z' ? [name] : []));
}

describe('as gort, with a token and little room', { timeout: 60_000 }, () => {
  const token = 'what-callers-show';
  let gort: Persona;
  before(async () => {
    gort = await startPersona(
      ['gort'],
      { ...files, 'empty/.keep': '' },
      { GORT_TOKEN: token, GORT_RATE_LIMIT: '1', GORT_EXECUTOR_PATHS: 'allow' },
    );
  });
  after(() => gort?.[Symbol.asyncDispose]());
  const shown = `Authorization: Bearer ${token}`;

  test('health is open; list and start ask for the token', async () => {
    assert.match(gort.stderr(), /list and start ask for the token in GORT_TOKEN; health is open/);
    assert.deepEqual(await ask(gort.url, 'GET', '/v1/health'), ok('OK'));
    const refused = no({ status: 401, error: 'A valid token is required: send "Authorization: Bearer ..."' });
    const expected = { ...refused, headers: { ...refused.headers, 'www-authenticate': 'Bearer' } };
    for (const headers of [[], ['Authorization: Bearer guessed'], [`Authorization: Basic ${token}`]]) {
      const { body, ...rest } = await ask(gort.url, 'GET', '/v1/list-dist', undefined, ...headers);
      assert.deepEqual({ ...rest, body }, expected);
      const start = await ask(gort.url, 'POST', '/v1/start', '{"executor":"sh","script":"a.sh"}', ...headers);
      assert.deepEqual([start.status, start.headers['x-signalbox-run']], [401, undefined]);
    }
    assert.equal((await ask(gort.url, 'GET', '/v1/list-dist', undefined, shown)).status, 200);
  });

  test('the token is neither kept nor handed to scripts; a path may be an executor where that is allowed', async () => {
    const body = '{"executor":"/bin/sh","script":"env.sh"}';
    const heard = await ask(gort.url, 'POST', '/v1/start?wait=1', body, shown);
    const { output } = JSON.parse(heard.body) as { output: string };
    assert.ok(!output.includes(token) && output.includes('GORT_RATE_LIMIT=1'));
    const detail = await gort.api<EventDetailJson>(`/api/events/${heard.headers['x-signalbox-event']}`);
    assert.ok(!JSON.stringify(detail).includes(token));
    assert.deepEqual(detail.delivery?.authentication, {
      result: 'verified',
      by: 'Authorization: Bearer',
      secret: '1 of 1',
    });
    assert.ok(!gort.stderr().includes(token));
  });

  test('without the token no body is read', async () => {
    const answer = await exchange(
      gort.url,
      'POST /v1/start HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
    );
    assert.match(answer, /^HTTP\/1\.1 401 /);
  });

  test('one request too many is 503 at once, below /v1 and nowhere else', async () => {
    const socket = await openSocket(gort.url);
    const slow = untilClosed(socket);
    const body = '{"executor":"sh","script":"a.sh"}';
    socket.write(
      `POST /v1/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${shown}\r\nContent-Length: ${body.length}\r\n\r\n{`,
    );
    const full = no({ status: 503, error: 'Server capacity exceeded.' });
    const expected = { ...full, headers: { ...full.headers, 'retry-after': '1' } };
    await until(async () => (await ask(gort.url, 'GET', '/v1/health')).status === 503, 'the room to be full');
    for (const path of ['/v1/health', '/v1/list-dist', '/v1/none'])
      assert.deepEqual(await ask(gort.url, 'GET', path), expected);
    assert.deepEqual(await ask(gort.url, 'GET', '/'), no(page404));
    socket.write(body.slice(1));
    assert.equal(parsed(await slow).status, 200);
    assert.deepEqual(await ask(gort.url, 'GET', '/v1/health'), ok('OK'));
  });

  test('an empty folder is said to be empty', async () => {
    rmSync(join(gort.directory, 'empty/.keep'));
    await gort.end('SIGTERM');
    await gort.start({ SCRIPTS_DIR: './empty' });
    assert.deepEqual(
      await ask(gort.url, 'GET', '/v1/list-dist', undefined, shown),
      ok('./empty seems like empty'),
    );
  });
});

test('as gort: PORT is the port, and what is open is told', { timeout: 30_000 }, async () => {
  const free = createServer().listen(0, '127.0.0.1');
  const port = await new Promise<number>(resolve =>
    free.once('listening', () => resolve((free.address() as { port: number }).port)),
  );
  await new Promise(resolve => free.close(resolve));
  await using gort = await startPersona(['gort'], files, { PORT: String(port) });
  assert.equal(new URL(gort.url).port, String(port));
  // When it has ended, all that it said is here.
  await gort.end('SIGTERM');
  assert.match(gort.stderr(), new RegExp(`Gort is started on port ${port}$`, 'm'));
  assert.match(
    gort.stderr(),
    /open to everybody who reaches this port: .* set GORT_TOKEN to ask for a token/,
  );
});

describe('as gort, wrongly configured, ends with 2 and one sentence', { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-gort-'));
  mkdirSync(join(directory, 'dist'));
  after(() => rmSync(directory, { recursive: true }));
  for (const [name, value, sentence] of [
    ['SCRIPTS_DIR', './none', 'there is no folder ./none: make it, or name another in SCRIPTS_DIR'],
    ['GORT_RATE_LIMIT', '0', 'GORT_RATE_LIMIT is "0": write a whole number from 1, or unset it'],
    ['GORT_RATE_LIMIT', '-3', 'GORT_RATE_LIMIT is "-3": write a whole number from 1, or unset it'],
    ['GORT_RATE_LIMIT', 'many', 'GORT_RATE_LIMIT is "many": write a whole number from 1, or unset it'],
    ['PORT', '70000', 'PORT is 70000: write a number from 1 to 65535'],
    [
      'GORT_TOKEN',
      '',
      'GORT_TOKEN is not one word of plain letters, digits and signs: write one, or unset it to open the door to everybody',
    ],
    ['GORT_EXECUTOR_PATHS', 'yes', 'GORT_EXECUTOR_PATHS is "yes": write allow, or unset it'],
    ['GORT_TIMEOUT', '5', 'GORT_TIMEOUT is "5": write a duration from 1s to 7d, such as 10m'],
    ['GORT_RUNS', '0', 'GORT_RUNS is "0": write a whole number from 1, or unset it'],
  ] as const)
    test(`${name}=${value}`, async () => {
      const { code, stderr } = await persona(['gort', '--data', 'data'], { [name]: value }, directory);
      assert.deepEqual([code, stderr], [2, `signalbox: ${sentence}\n`]);
    });
});
