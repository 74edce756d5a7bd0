import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import type { EventDetailJson, EventSummaryJson } from '../src/server/json/event.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import type { Said } from './support/hooks/answer-of.ts';
import { openLab, type Recorded } from './support/hooks/golden.ts';
import { exchange } from './support/hooks/webhook.ts';
import { type Persona, startPersona } from './support/persona.ts';
import { until } from './support/server.ts';

/** `signalbox as webhook`, the real program over real sockets. */

const lab = openLab();
after(() => lab[Symbol.dispose]());

/** What HTTP's parser refuses whatever is asked of it: D19. */
const refused = ['telen'];
const portOf = ({ url }: Pick<Persona, 'url'>): number => Number(new URL(url).port);

describe('recorded answers of the original', { concurrency: false, timeout: 120_000 }, () => {
  for (const { name, hooks, cases } of lab.recordings)
    test(`set ${name}: ${cases.length} requests`, async () => {
      const isB = name === 'B';
      const headers = isB ? ['-header', 'X-G=global', '-header', 'X-G2=g2'] : [];
      writeFileSync(join(lab.directory, 'hooks.json'), hooks);
      await using signalbox = await startPersona(
        [
          'webhook',
          '-hooks',
          join(lab.directory, 'hooks.json'),
          '-verbose',
          '-deviation',
          'all=off',
          ...headers,
        ],
        {},
        isB ? { HOOK_AMBIENT: 'amb' } : {},
        lab.directory,
      );
      for (const recorded of cases) {
        const got = await exchange(portOf(signalbox), recorded.request);
        if (refused.includes(recorded.name)) assert.equal(got.status, '400', recorded.name);
        else assert.deepEqual(...compared(recorded, got), recorded.name);
      }
    });
});

/** Without the length where it depends on the machine. */
function compared({ answer, namesLab }: Recorded, got: Said): [got: Said, wanted: Said] {
  const plain = ({ headers, ...said }: Said): Said => ({
    ...said,
    headers: headers.filter(line => !namesLab || !line.startsWith('Content-Length:')).sort(),
  });
  return [plain(got), plain(answer)];
}

const hooksFile = JSON.stringify([
  {
    id: 'deploy',
    'execute-command': '/bin/sh',
    'pass-arguments-to-command': [
      { source: 'string', name: '-c' },
      { source: 'string', name: 'echo "to $HOOK_ref"; echo warned >&2; printf end' },
    ],
    'pass-environment-to-command': [{ source: 'payload', name: 'ref' }],
    'include-command-output-in-response': true,
    'trigger-rule': {
      and: [
        { match: { type: 'value', value: 'let me in', parameter: { source: 'header', name: 'X-Token' } } },
        { match: { type: 'value', value: 'main', parameter: { source: 'payload', name: 'ref' } } },
      ],
    },
  },
  { id: 'wait', 'execute-command': './wait.sh', 'response-message': 'started' },
]);

const files = {
  'hooks.json': hooksFile,
  'wait.sh': '#!/bin/sh\necho $$ >> begun\nwhile [ ! -e go ]; do sleep 0.05; done\necho done\n',
};

async function open(...args: readonly string[]): Promise<Persona> {
  const persona = await startPersona(['webhook', '-hooks', 'hooks.json', ...args], files);
  chmodSync(join(persona.directory, 'wait.sh'), 0o755);
  return persona;
}

async function cli({ directory }: Persona, ...argv: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: directory, NO_COLOR: '1' };
  return (await promisify(execFile)(program, argv, { cwd: directory, env })).stdout;
}

const program = join(import.meta.dirname, '..', 'bin', 'signalbox');

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly event: string;
  readonly run: string | null;
}

async function call(persona: Persona, path: string, body: string, token = 'let me in'): Promise<Heard> {
  const headers = { 'content-type': 'application/json', 'x-token': token };
  const response = await fetch(persona.url + path, { method: 'POST', headers, body });
  return {
    status: response.status,
    text: await response.text(),
    event: response.headers.get('x-signalbox-event') ?? '',
    run: response.headers.get('x-signalbox-run'),
  };
}

describe('what the house adds', { concurrency: false, timeout: 60_000 }, () => {
  test('every request is an event with its verdict; what runs has a run with its log; nothing tells a secret', async () => {
    await using persona = await open();
    const ran = await call(persona, '/hooks/deploy?token=secret&a=1', '{"ref":"main"}');
    assert.deepEqual([ran.status, ran.text], [200, 'to main\nwarned\nend']);
    const run = await persona.api<RunDetailJson>(`/api/runs/${ran.run}`);
    assert.deepEqual([run.rule, run.outcome, run.event], ['deploy', 'success', ran.event]);
    const event = await persona.api<EventDetailJson>(`/api/events/${ran.event}`);
    assert.deepEqual(
      [event.type, event.source, event.verdicts.map(({ verdict }) => verdict)],
      ['hook', 'hooks', ['matched']],
    );
    assert.doesNotMatch(JSON.stringify(event), /let me in|=secret/);
    assert.match(JSON.stringify(event.delivery), /token=\*\*\*&a=1/);

    const other = await call(persona, '/hooks/deploy', '{"ref":"other"}');
    assert.deepEqual([other.text, other.run], ['Hook rules were not satisfied.', null]);
    const { verdicts } = await persona.api<EventDetailJson>(`/api/events/${other.event}`);
    assert.deepEqual(
      verdicts.map(({ verdict, reason }) => [verdict, reason]),
      [['not matched', 'payload "ref" is "other", not "main"']],
    );
    assert.equal((await call(persona, '/hooks/none', '')).status, 404);

    const explained = await cli(
      persona,
      'hooks',
      'explain',
      'hooks.json',
      '--event',
      other.event,
      '--data',
      'data',
    );
    assert.match(explained, /✗ deploy  not matched\n.*header "X-Token"/);

    // Once more, from what is stored.
    const again = await persona.api<{ readonly runs: readonly string[] }>(`/api/events/${ran.event}/replay`, {
      method: 'POST',
    });
    const [repeated] = again.runs;
    await until(
      async () => (await persona.api<RunDetailJson>(`/api/runs/${repeated}`)).outcome === 'success',
      'the repeated run',
    );
  });

  test('what was accepted runs after kill -9, and nothing of what ran before is left', async () => {
    await using persona = await open('-runs', '1');
    const begun = () => readFileSync(join(persona.directory, 'begun'), 'utf8').trim().split('\n');
    const first = await call(persona, '/hooks/wait', '');
    assert.deepEqual([first.status, first.text], [200, 'started']);
    const second = await call(persona, '/hooks/wait', '');
    await until(() => existsSync(join(persona.directory, 'begun')), 'the first command');
    await persona.end('SIGKILL');
    await persona.start();
    const run = (id: string | null) => persona.api<RunDetailJson>(`/api/runs/${id}`);
    // Nobody knows whether a command may be run twice.
    await until(async () => (await run(first.run)).outcome === 'lost', 'the first to be lost');
    await until(() => begun().length === 2, 'the second command');
    assert.throws(() => process.kill(Number(begun()[0]), 0), { code: 'ESRCH' });
    writeFileSync(join(persona.directory, 'go'), '');
    await until(async () => (await run(second.run)).outcome === 'success', 'the second to end');
    rmSync(join(persona.directory, 'go'));
  });

  test('a caller that leaves takes nothing away: the command goes on', async () => {
    await using persona = await open();
    const slow = JSON.parse(hooksFile);
    slow[1]['include-command-output-in-response'] = true;
    writeFileSync(join(persona.directory, 'hooks.json'), JSON.stringify(slow));
    await persona.end('SIGTERM');
    await persona.start();
    const left = new AbortController();
    const waiting = fetch(`${persona.url}/hooks/wait`, { signal: left.signal }).catch(() => 'left');
    await until(() => existsSync(join(persona.directory, 'begun')), 'the command');
    left.abort();
    assert.equal(await waiting, 'left');
    writeFileSync(join(persona.directory, 'go'), '');
    const { items } = await persona.api<{ readonly items: readonly EventSummaryJson[] }>('/api/events');
    const [run] = items[0]?.verdicts[0]?.runs ?? [];
    await until(
      async () => (await persona.api<RunDetailJson>(`/api/runs/${run}`)).outcome === 'success',
      'the end of the command',
    );
  });
});

describe('how a hook answers', { concurrency: false, timeout: 60_000 }, () => {
  const shell = (id: string, line: string, more: object) => ({
    id,
    'execute-command': '/bin/sh',
    'pass-arguments-to-command': [
      { source: 'string', name: '-c' },
      { source: 'string', name: line },
    ],
    'response-message': 'taken',
    ...more,
  });
  const steps = 'echo one; while [ ! -e go ]; do sleep 0.05; done; printf "two\\r\\nlast"; exit 3';
  const hooks = [
    shell('stream', steps, { run: { mode: 'stream' } }),
    shell('patient', steps, { run: { mode: 'output', 'sync-timeout': '1s' } }),
    shell('accepted', 'echo done', { run: { mode: 'accepted' } }),
    shell('stdin', 'cat', {
      'include-command-output-in-response': true,
      'pass-stdin-to-command': [{ source: 'raw-request-body' }],
    }),
    shell('alone', steps, { run: { mode: 'accepted', concurrency: { busy: 'reject' } } }),
    shell('once', 'echo ran', {
      run: { mode: 'output', 'dedupe-key': { source: 'header', name: 'X-Token' } },
    }),
    shell('to/{where}', 'echo "$0 $1"', {
      'include-command-output-in-response': true,
      'pass-arguments-to-command': [
        { source: 'string', name: '-c' },
        { source: 'string', name: 'echo "to $0"' },
        { source: 'path', name: 'where' },
      ],
    }),
  ];
  let persona: Persona;
  before(async () => {
    persona = await startPersona(['webhook', '-hooks', 'hooks.json'], {
      'hooks.json': JSON.stringify(hooks),
    });
  });
  after(() => persona[Symbol.asyncDispose]());
  const go = (is: boolean) =>
    is
      ? writeFileSync(join(persona.directory, 'go'), '')
      : rmSync(join(persona.directory, 'go'), { force: true });

  test('stream: bytes as they come', async () => {
    go(false);
    const response = await fetch(`${persona.url}/hooks/stream`);
    assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
    const pieces: string[] = [];
    for await (const piece of response.body ?? assert.fail()) {
      pieces.push(Buffer.from(piece).toString());
      go(true);
    }
    assert.equal(pieces[0], 'one\n');
    assert.equal(pieces.join(''), 'one\ntwo\r\nlast');
  });

  test('stream: events, of which the last tells the end', async () => {
    go(true);
    const response = await fetch(`${persona.url}/hooks/stream`, { headers: { accept: 'text/event-stream' } });
    assert.equal(response.headers.get('content-type'), 'text/event-stream');
    const end = 'event: end\ndata: {"outcome":"failure","exitCode":3}\n\n';
    assert.equal(await response.text(), `data: one\n\ndata: two\n\ndata: last\n\n${end}`);
  });

  test('a stream whose reader leaves takes nothing away', async () => {
    go(false);
    const left = new AbortController();
    const response = await fetch(`${persona.url}/hooks/stream`, { signal: left.signal });
    left.abort();
    go(true);
    const run = response.headers.get('x-signalbox-run');
    await until(
      async () => (await persona.api<RunDetailJson>(`/api/runs/${run}`)).exitCode === 3,
      'the end of the command',
    );
  });

  test('sync-timeout: 202 when the command takes longer, and it goes on', async () => {
    go(false);
    const late = await call(persona, '/hooks/patient', '');
    assert.deepEqual([late.status, late.text], [202, 'taken']);
    go(true);
    await until(
      async () => (await persona.api<RunDetailJson>(`/api/runs/${late.run}`)).exitCode === 3,
      'the end of the command',
    );
    assert.equal((await call(persona, '/hooks/patient', '')).status, 500);
  });

  test('accepted: 202 at once', async () => {
    const { status, text } = await call(persona, '/hooks/accepted', '');
    assert.deepEqual([status, text], [202, 'taken']);
  });

  test('standard input', async () => {
    assert.equal((await call(persona, '/hooks/stdin', '{"a":"ü"}')).text, '{"a":"ü"}');
  });

  test('a group that is full refuses with 429', async () => {
    go(false);
    assert.equal((await call(persona, '/hooks/alone', '')).status, 202);
    assert.equal((await call(persona, '/hooks/alone', '')).status, 429);
    go(true);
  });

  test('a request with the key of an earlier one is that one, and is answered with its output', async () => {
    const [first, second] = [await call(persona, '/hooks/once', ''), await call(persona, '/hooks/once', '')];
    assert.deepEqual([second.text, second.event, second.run], ['ran\n', first.event, first.run]);
    assert.notEqual((await call(persona, '/hooks/once', '', 'another key')).event, first.event);
  });

  test('path parameters', async () => {
    const { text, event } = await call(persona, '/hooks/to/prod', '');
    assert.equal(text, 'to prod\n');
    const { verdicts } = await persona.api<EventDetailJson>(`/api/events/${event}`);
    assert.deepEqual(
      verdicts.map(({ rule }) => rule),
      ['to/{where}'],
    );
  });
});

describe('what a review has found', { concurrency: false, timeout: 60_000 }, () => {
  const touch = (id: string, file: string) => ({
    id,
    'execute-command': '/bin/sh',
    'pass-arguments-to-command': [
      { source: 'string', name: '-c' },
      { source: 'string', name: `echo ran >> ${file}` },
    ],
    'include-command-output-in-response': true,
  });

  test('of two hooks with one id the first answers, and nothing runs twice', async () => {
    const text = JSON.stringify([touch('a', 'first'), touch('a', 'second')]);
    await using persona = await startPersona(['webhook', '-hooks', 'hooks.json'], { 'hooks.json': text });
    assert.equal((await call(persona, '/hooks/a', '')).status, 200);
    assert.equal(readFileSync(join(persona.directory, 'first'), 'utf8'), 'ran\n');
    assert.equal(existsSync(join(persona.directory, 'second')), false);
  });

  test('a hook that goes while a body comes in is gone: nothing is promised that does not run', async () => {
    const text = JSON.stringify([touch('a', 'ran')]);
    await using persona = await startPersona(['webhook', '-hooks', 'hooks.json', '-verbose'], {
      'hooks.json': text,
    });
    const socket = connect(portOf(persona), '127.0.0.1');
    const answered = allOf(socket);
    socket.write('POST /hooks/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 4\r\n\r\n{}');
    await until(() => persona.stderr().includes('a got matched'), 'the head of the request');
    writeFileSync(join(persona.directory, 'hooks.json'), JSON.stringify([touch('b', 'ran')]));
    persona.signal('SIGHUP');
    await until(() => persona.stderr().includes('loaded: b'), 'the other hooks');
    socket.write('{}');
    assert.match(await answered, /^HTTP\/1\.1 404 [^]*Hook not found\.$/);
    assert.equal(existsSync(join(persona.directory, 'ran')), false);
  });

  test('a connection that has said nothing does not hold up the end', async () => {
    await using persona = await open();
    const socket = connect(portOf(persona), '127.0.0.1');
    await once(socket, 'connect');
    const closed = once(socket, 'close');
    assert.equal(await persona.end('SIGTERM'), 0);
    await closed;
  });

  test('who waits for a run that is skipped hears of it at once', async () => {
    const skip = { run: { mode: 'output', concurrency: { busy: 'skip' } } };
    const text = JSON.stringify([{ id: 'a', 'execute-command': './wait.sh', ...skip }]);
    await using persona = await startPersona(['webhook', '-hooks', 'hooks.json'], {
      ...files,
      'hooks.json': text,
    });
    chmodSync(join(persona.directory, 'wait.sh'), 0o755);
    const first = call(persona, '/hooks/a', '');
    await until(() => existsSync(join(persona.directory, 'begun')), 'the first');
    assert.equal((await call(persona, '/hooks/a', '')).status, 202);
    writeFileSync(join(persona.directory, 'go'), '');
    assert.equal((await first).text, 'done\n');
  });

  test('a request with more headers than Node usually takes, and a body beyond the limit that is switched off', async () => {
    const text = JSON.stringify([touch('a', 'ran')]);
    const args = ['webhook', '-hooks', 'hooks.json', '-max-body', '1KB', '-deviation', 'limitRequests=off'];
    await using persona = await startPersona(args, { 'hooks.json': text });
    const many = Array.from({ length: 2500 }, (_, n) => `X-${n}: ${n}\r\n`).join('');
    const head = `POST /hooks/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${many}Content-Length: 2000\r\n\r\n`;
    const { status } = await exchange(portOf(persona), Buffer.from(head + 'a'.repeat(2000)));
    assert.equal(status, '200');
  });
});

async function allOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}
