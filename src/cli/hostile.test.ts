import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInProcess, terminal } from '../../test/support/cli.ts';
import { pushEvent } from '../../test/support/events.ts';
import { type HostileServer, startHostileServer } from '../../test/support/hostile-server.ts';
import { eventDetailJson } from '../server/json/event.ts';

/** A server, or whoever pushed to it, that puts into every text what terminals obey. */

const evil =
  '\u001b]0;owned\u0007\u001b[2J\u001b[31mx\u009b1m\r\n\u202egnp.exe\u2066\u200b<img src=x onerror=alert(1)>%0a';
const time = '2026-11-20T12:30:00.000Z';
const repo = { forge: evil, name: evil, url: evil, defaultBranch: evil };

const event = eventDetailJson({
  event: pushEvent({
    repo,
    branch: evil,
    ref: evil,
    actor: { id: null, name: evil },
    note: evil,
    source: evil,
  }),
  verdicts: [
    {
      rule: evil,
      verdict: 'not matched',
      reason: evil,
      runs: [],
      explanation: {
        holds: false,
        text: evil,
        seen: null,
        error: false,
        parts: [{ holds: false, text: evil, seen: [evil, 'value'], error: false, parts: [] }],
      },
    },
  ],
  duplicates: [],
  delivery: null,
});
const run = {
  id: evil,
  rule: evil,
  event: evil,
  state: 'finished',
  outcome: 'failure',
  exitCode: 1,
  attempt: 1,
  agent: evil,
  queuedAt: time,
  startedAt: time,
  finishedAt: time,
  reason: evil,
  adapter: null,
  build: null,
  rerunOf: evil,
  script: evil,
  workflow: { pipeline: evil, name: evil },
  repo,
  ref: evil,
  sha: evil,
  waits: evil,
  actor: { id: evil, name: evil },
  work: {
    kind: 'command',
    summary: evil,
    url: evil,
    env: [evil],
    secrets: [evil],
    withheld: [evil],
    isolation: 'none',
    pool: evil,
    timeoutMs: 1,
  },
  logLines: 1,
  attempts: [1, 2].map(attempt => ({
    attempt,
    agent: evil,
    startedAt: time,
    finishedAt: time,
    outcome: evil,
  })),
  reports: [{ reporter: evil, state: 'waiting', tries: 1, error: evil, nextTryAt: time, sentAt: null }],
};
const rule = {
  name: evil,
  when: [evil],
  action: { kind: 'command', summary: evil },
  repo: evil,
  env: [evil],
  secrets: [evil],
  pool: evil,
  timeoutMs: 1,
  retryLost: 0,
  keepLogMs: null,
  trust: 'anyone',
  isolation: 'auto',
  report: [evil],
  cron: evil,
};
const line = { seq: 1, at: time, stream: 'stdout', text: evil };
const hold = { by: evil, since: time, reason: evil };
const agent = {
  name: evil,
  pools: [evil],
  slots: 1,
  state: 'online',
  lastSeenAt: time,
  version: evil,
  capabilities: { os: evil, arch: evil, node: evil, tools: [evil], isolation: true },
  drain: hold,
  running: [{ run: evil, attempt: 1, leaseUntil: time }],
};
const pool = {
  name: evil,
  pause: hold,
  waiting: 1,
  running: 1,
  agents: [{ name: evil, state: 'drained' }],
};
const answers: Readonly<Record<string, unknown>> = {
  '/api/events': {
    items: [{ ...event, authentication: { result: 'verified', by: evil, secret: evil } }],
    next: evil,
  },
  '/api/events/last': event,
  '/api/events/last/replay': { event: evil, runs: [evil], verdicts: event.verdicts },
  '/api/runs': { items: [run], next: null },
  '/api/runs/last': run,
  '/api/runs/last/log': line,
  '/api/rules': { items: [rule], next: null },
  '/api/agents': { items: [agent], next: null },
  '/api/agents/last/drain': agent,
  '/api/pools': { items: [pool], next: null, everything: hold },
  '/api/pools/last/pause': pool,
  '/api/pools/resume': { items: [pool], next: null, everything: hold },
  '/api/tokens': { items: [{ name: evil, createdAt: time, lastUsedAt: null }], next: null },
};

const commands = [
  'events ls',
  'events show last',
  'events explain last',
  'events replay last',
  'runs ls',
  'runs show last',
  'runs logs last',
  'rules ls',
  'agents ls',
  'agents drain last',
  'pools ls',
  'pools pause last',
  'pools resume --all',
  'token ls',
];

function serve(): Promise<HostileServer> {
  return startHostileServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    // The event of the run, whatever it is called.
    response.end(JSON.stringify(answers[path] ?? event));
  });
}

test('A76: nothing that a server says reaches a terminal as anything but text', async () => {
  await using server = await serve();
  for (const command of commands) {
    const argv = [...command.split(' '), '--url', server.url];
    const { code, stdout, stderr } = await runInProcess(argv, terminal(80));
    assert.equal(code, 0, `${command}: ${stderr}`);
    assert.match(stdout, /\\u\{1b\}|x/, command);
    const active = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
    if (command !== 'runs logs last') assert.doesNotMatch(stdout, active, command);
    // Of a log the colours stay.
    else
      assert.doesNotMatch(stdout.replaceAll('\u001b[31m', '').replaceAll('\u001b[0m', ''), active, command);
    assert.doesNotMatch(stderr, active, command);
  }
});

test('A76: JSON stays exact, and harmless on a screen', async () => {
  await using server = await serve();
  for (const command of commands.filter(each => each !== 'runs logs last')) {
    const { stdout } = await runInProcess([...command.split(' '), '--json', '--url', server.url]);
    assert.ok(JSON.stringify(JSON.parse(stdout)).includes(JSON.stringify(evil)), command);
    assert.doesNotMatch(stdout.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u, command);
  }
});

test('in a pipe a log is what was printed, byte for byte', async () => {
  const bytes = `\u001b[31mred\u001b[0m\r\n\u0000\ufffd`;
  await using server = await startHostileServer((request, response) => {
    assert.equal(request.headers.accept, 'text/plain');
    response.end(bytes);
  });
  assert.equal((await runInProcess(['runs', 'logs', 'last', '--url', server.url])).stdout, bytes);
});

test('a tree that is deeper than any stack is an error, not a crash', async () => {
  const deep = `${'{"holds":false,"text":"","seen":null,"error":false,"parts":['.repeat(20_000)}${']}'.repeat(20_000)}`;
  const body = JSON.stringify(event).replace(/"explanation":\{.*?\]\}/, `"explanation":${deep}`);
  await using server = await startHostileServer((_, response) => response.end(body));
  const { code, stderr } = await runInProcess(['events', 'explain', 'last', '--url', server.url]);
  assert.equal(code, 5);
  assert.match(stderr, /^signalbox: [^\n]+\n$/);
});
