import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { EventDetailJson } from '../src/server/json/event.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { createFakeDagger, type FakeDagger } from './support/fake-dagger.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** Hooks on the public door, with the real program: those of files, in a checkout, and those that repositories bring. */

const secret = 'the secret of the webhook';

/** The samples of pocketci: a call of Dagger for every request, and for each commit on the main branch. */
const forEveryRequest = {
  id: 'webhook',
  'execute-command': 'dagger',
  'include-command-output-in-response': true,
  'response-headers': [{ name: 'Access-Control-Allow-Origin', value: '*' }],
  'pass-arguments-to-command': [
    { source: 'string', name: '--debug' },
    { source: 'string', name: '--progress=plain' },
    { source: 'string', name: 'call' },
    { source: 'string', name: '-m' },
    { source: 'string', name: 'github.com/shykes/daggerverse/hello' },
    { source: 'string', name: 'message' },
  ],
};
const forMain = {
  ...forEveryRequest,
  'trigger-rule': {
    and: [
      {
        match: { type: 'value', value: 'refs/heads/main', parameter: { source: 'payload', name: 'ref' } },
      },
    ],
  },
};
const wanted = [
  '--debug',
  '--progress=plain',
  'call',
  '-m',
  'github.com/shykes/daggerverse/hello',
  'message',
];

interface Heard {
  readonly status: number;
  readonly text: string;
  readonly origin: string | null;
  readonly event: string;
  readonly run: string | null;
}

async function ask(url: string, init: RequestInit = {}): Promise<Heard> {
  const response = await fetch(url, init);
  const { headers } = response;
  return {
    status: response.status,
    text: await response.text(),
    origin: headers.get('access-control-allow-origin'),
    event: headers.get('x-signalbox-event') ?? '',
    run: headers.get('x-signalbox-run'),
  };
}

describe('hooks on the public door', { concurrency: false, timeout: 60_000 }, () => {
  const files = mkdtempSync(join(tmpdir(), 'signalbox-hooks-files-'));
  let repository: TestRepository;
  let dagger: FakeDagger;
  before(async () => {
    repository = await createRepository();
    dagger = createFakeDagger();
    dagger.answer('--debug', { stdout: 'Hello, World!\n', stderr: '2: dagger call message DONE\n' });
  });
  after(async () => {
    await repository?.[Symbol.asyncDispose]();
    dagger?.[Symbol.dispose]();
    rmSync(files, { recursive: true });
  });

  const open = (hooks: string, more = ''): Promise<TestServer> =>
    startServer(`version: 1\ndata: ./data\nsources: { hooks: ${hooks} }\ngit: { allowFile: true }\n${more}`, {
      HOOK_SECRET: secret,
      DOCKER_HOST: 'unix:///docker.sock',
      PATH: `${dagger.directory}:${process.env['PATH']}`,
    });
  const file = (name: string, hooks: unknown): string => {
    writeFileSync(join(files, name), JSON.stringify(hooks));
    return `{ files: ["${join(files, name)}"] }`;
  };
  const requestFor = (
    to: Parameters<typeof push>[0],
    by: string = secret,
  ): ReturnType<typeof githubRequest> & { method: string } => ({
    ...githubRequest(
      'push',
      push({ name: 'acme/widgets', url: repository.url, ref: 'refs/heads/main', ...to }),
      by,
    ),
    method: 'POST',
  });
  const isCloned = (server: TestServer): boolean => {
    const mirrors = join(server.directory, 'data', 'git');
    return existsSync(mirrors) && readdirSync(mirrors).length > 0;
  };

  test('a file of one hook: every request runs it, and is answered with its output', async () => {
    await using server = await open(file('every.json', forEveryRequest));
    const before = dagger.calls().length;
    const { status, text, origin, event, run } = await ask(`${server.publicUrl}/hooks/webhook`);
    assert.deepEqual([status, origin], [200, '*']);
    assert.match(text, /Hello, World!\n/);
    assert.match(text, /dagger call message DONE\n/);
    const [call] = dagger.calls().slice(before);
    assert.deepEqual(call?.argv, wanted);
    assert.equal(call?.env['DOCKER_HOST'], 'unix:///docker.sock');
    assert.equal(call?.env['HOOK_SECRET'], undefined);
    assert.equal((await server.api<RunDetailJson>(`/api/runs/${run}`)).event, event);
    assert.equal((await ask(`${server.publicUrl}/hooks/other`)).status, 404);
    assert.equal((await ask(`${server.publicUrl}/`)).status, 200);
  });

  test('the hooks file of the pushed commit: its command works in the checkout, if its rule holds', async () => {
    const sha = await repository.commit({ 'hooks.json': JSON.stringify(forMain), 'mine.txt': 'x' });
    await using server = await open(
      '{ fromRepository: { repositories: ["acme/*"], branches: [main, next], secret: "${env:HOOK_SECRET}" } }',
    );
    const url = `${server.publicUrl}/hooks/webhook`;

    const forged = await ask(url, requestFor({ after: sha }, 'guessed'));
    assert.equal(forged.status, 401);
    const stranger = await ask(url, requestFor({ after: sha, name: 'somebody/else' }));
    assert.deepEqual([stranger.status, stranger.text], [200, 'Hook rules were not satisfied.']);
    const { verdicts } = await server.api<EventDetailJson>(`/api/events/${stranger.event}`);
    assert.match(verdicts[0]?.reason ?? '', /^repository "somebody\/else" is none of acme\/\*$/);
    const elsewhere = await ask(url, requestFor({ after: sha, ref: 'refs/heads/wild' }));
    assert.equal(elsewhere.run, null);
    assert.equal(isCloned(server), false);

    const before = dagger.calls().length;
    const main = requestFor({ after: sha });
    const ran = await ask(url, main);
    assert.deepEqual([ran.status, ran.origin], [200, '*'], ran.text);
    assert.match(ran.text, /Hello, World!\n/);
    const [call] = dagger.calls().slice(before);
    assert.deepEqual(call?.argv, wanted);
    assert.match(call?.cwd ?? '', /work$/);
    const run = await server.api<RunDetailJson>(`/api/runs/${ran.run}`);
    assert.deepEqual([run.outcome, run.sha], ['success', sha]);

    // Its delivery once more is the same run.
    const again = await ask(url, main);
    assert.equal(again.run, ran.run);

    const next = await ask(url, requestFor({ after: sha, ref: 'refs/heads/next' }));
    assert.deepEqual([next.status, next.text], [200, 'Hook rules were not satisfied.']);
    const quiet = await server.api<RunDetailJson>(`/api/runs/${next.run}`);
    assert.match(quiet.reason ?? '', /nothing to run: payload "ref" is "refs\/heads\/next"/);
    assert.equal((await ask(`${server.publicUrl}/hooks/none`, requestFor({ after: sha }))).status, 404);
    assert.equal(dagger.calls().length, before + 1);

    const gone = await ask(url, requestFor({ after: null }));
    assert.equal(gone.run, null);
    const ping = { ...githubRequest('ping', { zen: 'x', hook_id: 1 }, secret), method: 'POST' };
    assert.equal((await ask(url, ping)).status, 200);
  });

  test('hooks of a file in a checkout of the commit that is pushed', async () => {
    const sha = await repository.commit({ 'mine.txt': 'what was pushed\n' });
    const hook = {
      id: 'show',
      'execute-command': 'cat',
      'pass-arguments-to-command': [{ source: 'string', name: 'mine.txt' }],
      'include-command-output-in-response': true,
      'trigger-rule': { match: { type: 'github', secret: '${env:HOOK_SECRET}' } },
    };
    await using server = await open(file('show.json', [hook]).replace('}', ', checkout: true }'));
    const url = `${server.publicUrl}/hooks/show`;
    assert.equal((await ask(url, requestFor({ after: sha }, 'guessed'))).status, 401);
    const gone = await ask(url, requestFor({ after: null }));
    assert.equal(gone.text, 'Hook rules were not satisfied.');
    assert.equal(isCloned(server), false);
    const ran = await ask(url, requestFor({ after: sha }));
    assert.deepEqual([ran.status, ran.text], [200, 'what was pushed\n']);
    const event = await server.api<EventDetailJson>(`/api/events/${ran.event}`);
    assert.match(JSON.stringify(event.repo), /"acme\/widgets"/);
    assert.equal(event.after, sha);
  });

  test('a hooks file that is a link is none; GitLab’s token is kept nowhere', async () => {
    const sha = await repository.commit({ 'hooks.json': { mode: '120000', text: '/dev/zero' } });
    await using server = await open(
      '{ fromRepository: { repositories: ["acme/*"], branches: main, secret: "${env:HOOK_SECRET}" } }',
    );
    const body = JSON.stringify({
      object_kind: 'push',
      ref: 'refs/heads/main',
      before: '1'.repeat(40),
      after: sha,
      checkout_sha: sha,
      user_id: 1,
      user_username: 'alice',
      project: {
        path_with_namespace: 'acme/widgets',
        git_http_url: repository.url,
        default_branch: 'main',
        web_url: 'https://gitlab.example.org/acme/widgets',
      },
      commits: [],
      total_commits_count: 0,
    });
    const headers = {
      'content-type': 'application/json',
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-token': secret,
    };
    const url = `${server.publicUrl}/hooks/webhook`;
    const { status, run } = await ask(url, { method: 'POST', headers, body });
    assert.equal(status, 500);
    const { reason } = await server.api<RunDetailJson>(`/api/runs/${run}`);
    assert.match(reason ?? '', /there is no file hooks\.json/);
    const data = join(server.directory, 'data');
    for (const name of readdirSync(data).filter(each => each.includes('sqlite')))
      assert.equal(readFileSync(join(data, name)).includes(secret), false, name);
  });

  test('requests of one connection are answered in their order', async () => {
    const slow = {
      id: 'slow',
      'execute-command': 'sleep',
      'pass-arguments-to-command': [{ source: 'string', name: '0.3' }],
      'include-command-output-in-response': true,
      'response-headers': [{ name: 'X-Which', value: 'slow' }],
    };
    const fast = {
      ...slow,
      id: 'fast',
      'execute-command': 'true',
      'response-headers': [{ name: 'X-Which', value: 'fast' }],
    };
    await using server = await open(file('order.json', [slow, fast]));
    const { port } = new URL(server.publicUrl);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /hooks/slow HTTP/1.1\r\nHost: x\r\n\r\n');
    socket.write('GET /hooks/fast HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
    let text = '';
    for await (const piece of socket) text += String(piece);
    assert.deepEqual(text.match(/(?<=X-Which: )\w+/g), ['slow', 'fast']);
  });

  test('async: 202 before anything is checked out', async () => {
    const sha = await repository.commit({ 'hooks.json': JSON.stringify(forMain) });
    await using server = await open(
      '{ async: true, fromRepository: { repositories: ["acme/*"], branches: main, secret: "${env:HOOK_SECRET}" } }',
    );
    dagger.answer('--debug', { stdout: 'late\n', takesMs: 300 });
    const { status, text, run } = await ask(`${server.publicUrl}/hooks/webhook`, requestFor({ after: sha }));
    assert.deepEqual([status, text], [202, '']);
    await until(
      async () => (await server.api<RunDetailJson>(`/api/runs/${run}`)).outcome === 'success',
      'the run to end',
    );
  });

  test('without files and repositories there is no hook, and the log says how to allow one', async () => {
    await using server = await open('{ checkout: true }');
    assert.equal((await ask(`${server.publicUrl}/hooks/webhook`, requestFor({}))).status, 404);
    const said = 'name its file in sources.hooks.files, or let repositories bring hooks of their own';
    await until(() => server.output().includes(said), 'the line of the log');
  });

  test('a broken hooks file is a sentence with its place', async () => {
    writeFileSync(join(files, 'broken.json'), '[{"id": "a", "run": {"mode": "never"}}]');
    await assert.rejects(open(`{ files: ["${join(files, 'broken.json')}"] }`), /broken\.json:1:\d+: .*mode/);
  });
});
