import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { beginSession } from './support/browser-session.ts';
import { type FakeS3, startFakeS3 } from './support/fake-s3.ts';
import { needsPostgres, type PostgresServer, startPostgres } from './support/postgres-server.ts';
import { startServer, type TestServer, until } from './support/server.ts';

interface RunJson {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly agent: string | null;
  readonly attempt: number;
}

describe('two control planes on one database', needsPostgres, () => {
  let postgres: PostgresServer;
  let s3: FakeS3;
  let url = '';
  let effects = '';
  before(async () => {
    postgres = await startPostgres('durable');
    s3 = await startFakeS3();
  });
  beforeEach(async () => {
    url = await postgres.createDatabase();
    effects = mkdtempSync(join(tmpdir(), 'signalbox-effects-'));
  });
  after(async () => {
    await postgres[Symbol.asyncDispose]();
    await s3[Symbol.asyncDispose]();
  });

  const bucket = (): string => `logs:
  bucket: ${s3.settings.bucket}
  endpoint: ${s3.settings.endpoint}
  region: ${s3.settings.region}
  accessKeyId: ${s3.settings.accessKeyId}
  secretAccessKey: "\${env:KEY}"
`;
  const open = (logs: string = bucket()): Promise<TestServer> =>
    startServer(
      `version: 1
data: ./data
store: "${url}"
${logs}limits: { runs: 2, lease: 3s }
rules:
  - { name: quick, on: manual, run: 'echo "$SIGNALBOX_RUN_ID" >> ${effects}/quick' }
  - { name: once, on: manual, run: 'echo "$SIGNALBOX_RUN_ID" >> ${effects}/once; sleep 600', retry: { lost: 0 } }
  - { name: talks, on: manual, run: 'echo first; until [ -e ${effects}/enough ]; do sleep 0.1; done; echo last' }
`,
      { KEY: s3.settings.secretAccessKey },
    );
  async function start(server: TestServer, rule: string): Promise<string> {
    const { runs } = await server.api<{ runs: readonly string[] }>(`/api/rules/${rule}/run`, {
      method: 'POST',
      body: '{}',
    });
    assert.ok(runs[0]);
    return runs[0];
  }
  const run = (server: TestServer, id: string): Promise<RunJson> => server.api(`/api/runs/${id}`);
  const lines = async (server: TestServer, id: string): Promise<string[]> => {
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
    const response = await fetch(`${server.adminUrl}/api/runs/${id}/log`, { headers });
    return (await response.text()).split('\n').filter(Boolean);
  };
  const nameOf = (server: TestServer): string | undefined =>
    readFileSync(join(server.directory, 'data', 'plane'), 'utf8').split(' ')[0];
  const written = (name: string): string[] =>
    existsSync(join(effects, name)) ? readFileSync(join(effects, name), 'utf8').trim().split('\n') : [];

  test('one is killed in mid-work: nothing is lost, and nothing runs twice that must not', async t => {
    t.after(() => rmSync(effects, { recursive: true }));
    await using survivor = await open();
    await using victim = await open();
    // The slots of the victim are full, and what it takes besides waits in its memory alone.
    const once: string[] = [];
    for (let n = 0; n < 6; n++) once.push(await start(victim, 'once'));
    const quick: string[] = [];
    for (let n = 0; n < 12; n++) quick.push(await start(n % 2 ? victim : survivor, 'quick'));
    await until(() => written('once').length >= 2, 'runs to have begun');
    const its = `local-${nameOf(victim)}`;
    await until(
      async () => (await Promise.all(once.map(id => run(victim, id)))).some(({ agent }) => agent === its),
      'the victim to have begun one',
    );
    await victim.end('SIGKILL');

    // What the survivor runs is ended by hand, as soon as it has begun.
    const ended = await until(
      async () => {
        const states = await Promise.all(once.map(each => run(survivor, each)));
        for (const { id, state, agent } of states)
          if (state === 'running' && agent !== its && written('once').includes(id))
            await survivor
              .api(`/api/runs/${id}/cancel`, { method: 'POST', body: '{}' })
              .catch(() => undefined);
        return states.every(({ state }) => state === 'finished') ? states : undefined;
      },
      'the long runs to end',
      60_000,
    );
    assert.ok(ended.every(({ outcome }) => outcome === 'lost' || outcome === 'cancelled'));
    assert.ok(ended.some(({ outcome }) => outcome === 'lost'));
    assert.deepEqual(written('once').toSorted(), [...new Set(written('once'))].toSorted());
    assert.ok(ended.every(({ attempt }) => attempt === 1));
    for (const id of quick)
      await until(async () => (await run(survivor, id)).outcome === 'success', `${id} to succeed`, 30_000);
    assert.deepEqual([...new Set(written('quick'))].toSorted(), quick.toSorted());
  });

  test('each reads the other’s logs, while they grow and afterwards', async t => {
    t.after(() => rmSync(effects, { recursive: true }));
    await using one = await open();
    const id = await start(one, 'talks');
    await until(async () => (await run(one, id)).state === 'running', 'the run to begin');
    await using other = await open();
    await until(async () => (await lines(other, id)).includes('first'), 'the line to come through', 5_000);
    writeFileSync(join(effects, 'enough'), '');
    await until(async () => (await run(other, id)).state === 'finished', 'the end');
    const log = await lines(other, id);
    assert.equal(log.at(-1), 'last');
    await until(() => s3.objects.size > 0, 'the log to move into the bucket');
    assert.deepEqual(await lines(other, id), log);
    assert.deepEqual(await lines(one, id), log);
  });

  test('who is signed in at one is at the other, until their token is revoked at either', async () => {
    await using one = await open();
    await using two = await open();
    const { token } = await one.api<{ token: string }>('/api/tokens', {
      method: 'POST',
      body: JSON.stringify({ name: 'ci' }),
    });
    const session = await beginSession(one.adminUrl, token);
    for (const { adminUrl } of [one, two]) assert.equal(await session.ask(adminUrl), 200);
    await two.api('/api/tokens/ci', { method: 'DELETE' });
    for (const { adminUrl } of [one, two]) assert.equal(await session.ask(adminUrl), 401);
  });

  test('one on a copy of another one’s data directory gets a name of its own, and says so', async t => {
    t.after(() => rmSync(effects, { recursive: true }));
    await using original = await open();
    await using copy = await open();
    const name = nameOf(original);
    await copy.end('SIGTERM');
    copyFileSync(join(original.directory, 'data', 'plane'), join(copy.directory, 'data', 'plane.copied'));
    renameSync(join(copy.directory, 'data', 'plane.copied'), join(copy.directory, 'data', 'plane'));
    const once = await start(original, 'once');
    await until(() => written('once').includes(once), 'a run to begin');
    await copy.start();
    const own = nameOf(copy);
    assert.notEqual(own, name);
    assert.match(
      copy.output(),
      new RegExp(`is a copy of that of the control plane ${name}: this one is called ${own}`),
    );
    // What the original has is not ended by the copy's start.
    assert.equal((await run(copy, once)).state, 'running');
    await copy.end('SIGTERM');
    await copy.start();
    assert.equal(nameOf(copy), own);
    await original.api(`/api/runs/${once}/cancel`, { method: 'POST', body: '{}' });
  });

  test('one that keeps its logs elsewhere is refused, and told why', async t => {
    t.after(() => rmSync(effects, { recursive: true }));
    await using _one = await open();
    await assert.rejects(open(''), /keeps its logs elsewhere .*give both the same bucket/);
  });
});
