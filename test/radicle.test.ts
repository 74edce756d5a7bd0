import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EventDetail } from '../src/cli/wire/event.ts';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { runInProcess } from './support/cli.ts';
import { openHouse } from './support/house.ts';
import { startFakeNode } from './support/radicle/fake-node.ts';
import { createRadicleHome } from './support/radicle/home.ts';
import { createPerson } from './support/radicle/person.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** A Radicle node, a real server that watches it, and an adapter: all that an operator has. */

const [ann, eve] = [createPerson('ann'), createPerson('eve')];
const options = { timeout: 120_000 };
type Page<Item> = { readonly items: readonly Item[] };
const fetched = (rid: string) => ({ type: 'refsFetched', rid, remote: eve.nid, updated: [] });

async function open() {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-radicle-adapter-'));
  const home = createRadicleHome();
  const repository = home.createRepository({ delegates: [ann] });
  const first = repository.commit(null, 'First');
  repository.push(ann, 'refs/heads/main', first);
  repository.canonical('refs/heads/main', first);
  const adapter = join(directory, 'adapter');
  writeFileSync(
    adapter,
    `#!/bin/sh
read request
id=$(echo "$request" | sed 's/.*"repository":{"id":"rad:\\([^"]*\\)".*/\\1/')
after=$(echo "$request" | sed 's/.*"after":"\\([^"]*\\)".*/\\1/')
echo "token $TOKEN" >&2
echo '{"response":"triggered","run_id":{"id":"native-1"},"info_url":"https://ci.example.org/native-1"}'
git clone -q "file://$RAD_HOME/storage/$id" clone && git -C clone fetch -q origin "$after" && git -C clone show -q --format=%s "$after" >&2
echo '{"response":"finished","result":"success"}'
`,
  );
  chmodSync(adapter, 0o755);
  const config = `version: 1
data: ./data
public: { host: 127.0.0.1, port: 0 }
admin: { port: 0 }
sources:
  radicle: { home: ${home.directory} }
adapters:
  native: { command: ${adapter}, secretEnv: { TOKEN: "\${env:ADAPTER_TOKEN}" } }
rules:
  - { name: ci, on: [push, patch], adapter: native }
`;
  const server = await startServer(config, { ADAPTER_TOKEN: 'hush-hush-hush' });
  return {
    home,
    repository,
    first,
    server,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      home[Symbol.dispose]();
      rmSync(directory, { recursive: true });
    },
  };
}

const events = async (server: TestServer) =>
  (await server.api<Page<EventDetail>>('/api/events?limit=100')).items;

/** The runs when there are so many, all of them at an end or waiting for somebody. */
async function runs(server: TestServer, count: number): Promise<readonly RunDetailJson[]> {
  let found: readonly RunDetailJson[] = [];
  await until(async () => {
    found = (await server.api<Page<RunDetailJson>>('/api/runs?limit=100')).items;
    const resting = found.filter(({ state }) => state === 'finished' || state === 'blocked');
    return resting.length >= count;
  }, `${count} runs`);
  return found;
}

async function logOf(server: TestServer, id: string): Promise<string> {
  const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
  return (await fetch(`${server.adminUrl}/api/runs/${id}/log`, { headers })).text();
}

test(
  'a push to the node becomes a run of the adapter, which tells where it is to be seen',
  options,
  async () => {
    await using world = await open();
    const { home, repository, server, first } = world;
    await using node = await startFakeNode(home.socket);
    await node.subscribed();
    await until(async () => (await health(server))?.lastAt !== null, 'the first look');
    const second = repository.commit(first, 'Second');
    repository.push(ann, 'refs/heads/main', second);
    node.tell(fetched(repository.rid));
    const [run] = await runs(server, 1);
    assert.ok(run);
    const log = await logOf(server, run.id);
    assert.equal(run.outcome, 'success', log);
    assert.deepEqual(run.adapter, { runId: 'native-1', infoUrl: 'https://ci.example.org/native-1' });
    assert.equal(run.sha, second);
    assert.match(log, /request: \{"request":"trigger","version":1,"event_type":"push"/);
    assert.match(log, /^Second$/m);
    assert.match(log, /token \*\*\*/);
    assert.doesNotMatch(log, /hush-hush/);

    // The same again is the same event.
    node.tell(fetched(repository.rid));
    await server.api('/api/look', { method: 'POST' });
    repository.push(ann, 'refs/heads/topic', second);
    node.tell(fetched(repository.rid));
    await runs(server, 2);
    assert.equal((await events(server)).length, 2);
  },
);

test('a push by a stranger waits for an approval, and says why', options, async () => {
  await using world = await open();
  const { home, repository, server, first } = world;
  await using node = await startFakeNode(home.socket);
  await node.subscribed();
  await until(async () => (await health(server))?.lastAt !== null, 'the first look');
  repository.push(eve, 'refs/heads/main', repository.commit(first, 'Evil'));
  node.tell(fetched(repository.rid));
  const [run] = await runs(server, 1);
  assert.equal(run?.state, 'blocked');
  assert.match(run.reason ?? '', /^the push is by z6Mk\w+, who is no delegate of heartwood/);
  const [event] = await events(server);
  assert.equal(event?.verdicts[0]?.verdict, 'blocked');

  const env = { ...process.env, SIGNALBOX_URL: server.adminUrl, SIGNALBOX_TOKEN: server.token };
  const { stdout } = await runInProcess(['events', 'explain', 'last'], { env });
  assert.match(
    stdout,
    new RegExp(`push to main of heartwood \\(${repository.rid}\\), by ${eve.nid} \\(stranger\\)`),
  );
  assert.match(
    stdout,
    /‖ ci {2}blocked\n {2}the push is by z6Mk\w+, who is no delegate of .*: waits for approval/,
  );
});

test(
  'the server is killed and the node restarts in mid-traffic: nothing is lost, nothing doubled',
  options,
  async () => {
    await using world = await open();
    const { home, repository, server, first } = world;
    await until(async () => (await health(server))?.lastAt !== null, 'the first look');
    await until(async () => (await health(server))?.problems.length === 1, 'word of the missing node');
    let pushed = 0;
    const push = (): void => {
      pushed += 1;
      repository.push(ann, `refs/heads/b${pushed}`, first);
    };
    for (let life = 0; life < 3; life += 1) {
      await using node = await startFakeNode(home.socket);
      await node.subscribed();
      for (let n = 0; n < 4; n += 1) {
        push();
        node.tell(fetched(repository.rid));
      }
      await server.end('SIGKILL');
      push();
      await server.start();
      push();
    }
    await server.api('/api/look', { method: 'POST' });
    await until(async () => (await events(server)).length >= pushed, 'all events');
    const branches = (await events(server)).map(({ branch }) => branch);
    assert.equal(branches.length, pushed);
    assert.equal(new Set(branches).size, pushed);
  },
);

test(
  '20: the server is killed in mid-run: the adapter ends with it, and gets the same request once more',
  options,
  async () => {
    const home = createRadicleHome();
    using _home = home;
    const repository = home.createRepository({ delegates: [ann] });
    repository.push(ann, 'refs/heads/main', repository.commit(null, 'First'));
    const adapter = join(home.directory, 'adapter');
    const requests = join(home.directory, 'requests');
    writeFileSync(
      adapter,
      `#!/bin/sh
cat >> ${requests}
echo '{"response":"triggered","run_id":{"id":"native-1"}}'
[ "$(wc -l < ${requests})" -gt 1 ] || sleep 600
echo '{"response":"finished","result":"success"}'
`,
      { mode: 0o755 },
    );
    await using server = await startServer(`version: 1
data: ./data
sources: { radicle: { home: ${home.directory} } }
adapters: { native: { command: ${adapter} } }
rules: [{ name: ci, on: push, adapter: native }]
`);
    await using node = await startFakeNode(home.socket);
    await node.subscribed();
    await until(async () => (await health(server))?.lastAt !== null, 'the first look');
    repository.push(ann, 'refs/heads/main', repository.commit(null, 'Second'));
    node.tell(fetched(repository.rid));
    const begun = async () =>
      (await server.api<Page<RunDetailJson>>('/api/runs')).items.some(({ adapter }) => adapter !== null);
    await until(begun, 'the adapter to begin');
    await server.end('SIGKILL');
    await server.start();
    const [run] = await runs(server, 1);
    assert.ok(run);
    assert.deepEqual([run.outcome, run.attempt], ['success', 2]);
    const { attempts } = await server.api<RunDetailJson>(`/api/runs/${run.id}`);
    assert.deepEqual(
      attempts.map(({ outcome }) => outcome),
      ['lost', 'success'],
    );
    const [once, again] = readFileSync(requests, 'utf8').trimEnd().split('\n');
    assert.equal(once, again);
  },
);

test(
  'a webhook of Radicle Garden is an event, and waits where nobody says whose it is',
  options,
  async () => {
    await using house = await openHouse(
      `version: 1
sources: { garden: { secret: "\${env:GARDEN}" } }
rules:
  - { name: ci, on: push, run: 'true' }`,
      { GARDEN: 'garden-secret' },
    );
    const body = JSON.stringify({
      repository: { id: 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5', name: 'heartwood' },
      after: 'a'.repeat(40),
      branch: 'main',
    });
    const signature = createHmac('sha256', 'garden-secret').update(body).digest('hex');
    const answer = await fetch(`${house.publicUrl}/garden`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-radicle-event-type': 'push',
        'x-hub-signature-256': `sha256=${signature}`,
      },
      body,
    });
    assert.equal(answer.status, 202);
    const event = answer.headers.get('x-signalbox-event');
    const told = await fetch(`${house.adminUrl}/api/events/${event}`, {
      headers: { authorization: `Bearer ${house.token}` },
    });
    const detail: EventDetail = JSON.parse(await told.text());
    assert.equal(detail.verdicts[0]?.verdict, 'blocked');
  },
);

async function health(server: TestServer) {
  const { sources } = await server.api<{
    readonly sources: readonly {
      readonly name: string;
      readonly catchUp: { readonly lastAt: string | null; readonly problems: readonly string[] };
    }[];
  }>('/api/health');
  return sources.find(({ name }) => name === 'radicle')?.catchUp;
}
