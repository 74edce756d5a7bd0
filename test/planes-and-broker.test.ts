import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startAgent } from './support/agent.ts';
import { type FakeS3, startFakeS3 } from './support/fake-s3.ts';
import { findPostgres, startPostgres } from './support/postgres-server.ts';
import { startBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** All three roles, with two of the one that may fail: control planes on one database, over one broker, before one agent. */

const skip = withoutRabbitmq || (findPostgres() === undefined && 'there is no PostgreSQL on this machine');
const patienceMs = 120_000;

interface RunJson {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly agent: string | null;
  readonly reason: string | null;
}
interface FeedItem {
  readonly run?: string;
  readonly state?: string;
}

describe('two control planes over one broker and one database', { timeout: 300_000, skip }, () => {
  test('one is killed while the agent works for both: everything ends once, and all that was printed is there', async () => {
    await using parts = new AsyncDisposableStack();
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-planes-'));
    parts.defer(() => rmSync(directory, { recursive: true, force: true }));
    const [witness, gate] = [join(directory, 'witness'), join(directory, 'gate')];
    const postgres = parts.use(await startPostgres('durable'));
    const broker = parts.use(await startBroker({ virtualHosts: ['sb'] }));
    const s3 = parts.use(await startFakeS3());
    const url = await postgres.createDatabase();
    const config = `version: 1
data: ./data
store: "${url}"
transport: "${broker.url('sb')}"
${bucket(s3)}limits: { lease: 15s }
rules:
  - name: quick
    on: manual
    pool: linux
    retry: { lost: 0 }
    run: 'echo "$SIGNALBOX_RUN_ID" >> ${witness}; echo one; sleep 0.2; echo two'
  - name: long
    on: manual
    pool: linux
    retry: { lost: 0 }
    run: 'echo "$SIGNALBOX_RUN_ID" >> ${witness}; for n in 1 2 3 4 5; do echo "line $n"; sleep 0.3; done; until [ -e ${gate} ]; do sleep 0.1; done; echo last'
`;
    const open = async () => parts.use(await startServer(config, { KEY: s3.settings.secretAccessKey }));
    const [victim, survivor] = [await open(), await open()];
    const settings = { name: 'box-1', pools: ['linux'], slots: 6, transport: broker.url('sb') };
    parts.use(await startAgent(settings));
    for (const server of [victim, survivor])
      await until(
        async () => (await agents(server)).includes('box-1 online'),
        'both to have heard the agent',
        patienceMs,
      );

    const long = [await start(victim, 'long'), await start(survivor, 'long')];
    const quick: string[] = [];
    for (let n = 0; n < 20; n++) quick.push(await start(n % 2 ? victim : survivor, 'quick'));
    for (const id of long)
      await until(
        async () => (await show(survivor, id)).state === 'running',
        'the long runs to begin',
        patienceMs,
      );
    await until(() => lines(witness).length >= 5, 'others to have begun', patienceMs);
    await victim.end('SIGKILL');
    for (let n = 0; n < 5; n++) quick.push(await start(survivor, 'quick'));
    const all = [...long, ...quick];
    for (const id of quick)
      await until(async () => (await show(survivor, id)).state === 'finished', `${id} to end`, patienceMs);
    writeFileSync(gate, '');
    for (const id of all) {
      const ended = await until(
        async () => {
          const run = await show(survivor, id);
          return run.state === 'finished' ? run : undefined;
        },
        `${id} to end`,
        patienceMs,
      );
      assert.deepEqual(
        [ended.outcome, ended.attempt, ended.agent],
        ['success', 1, 'box-1'],
        ended.reason ?? '',
      );
    }
    assert.deepEqual(lines(witness).toSorted(), all.toSorted());

    // Whoever heard it: what was printed is whole, in its order, and there once.
    for (const id of quick) assert.deepEqual(await printed(survivor, id), ['one', 'two'], id);
    const count = [1, 2, 3, 4, 5].map(n => `line ${n}`);
    for (const id of long) assert.deepEqual(await printed(survivor, id), [...count, 'last'], id);

    // Both tell the same of it, also the one that was away.
    await victim.start();
    for (const server of [survivor, victim]) {
      const items = await feed(server);
      for (const id of all)
        assert.deepEqual(
          items.filter(({ run }) => run === id).map(({ state }) => state),
          ['queued', 'running', 'finished'],
          id,
        );
    }
    await until(
      async () => (await agents(victim)).includes('box-1 online'),
      'it to hear the agent again',
      patienceMs,
    );
  });
});

const bucket = ({ settings }: FakeS3): string => `logs:
  bucket: ${settings.bucket}
  endpoint: ${settings.endpoint}
  region: ${settings.region}
  accessKeyId: ${settings.accessKeyId}
  secretAccessKey: "\${env:KEY}"
`;

async function start(server: TestServer, rule: string): Promise<string> {
  const { runs } = await server.api<{ runs: readonly string[] }>(`/api/rules/${rule}/run`, {
    method: 'POST',
    body: '{}',
  });
  assert.ok(runs[0]);
  return runs[0];
}

const show = (server: TestServer, id: string): Promise<RunJson> => server.api(`/api/runs/${id}`);

async function agents(server: TestServer): Promise<readonly string[]> {
  const { items } = await server.api<{ items: readonly { name: string; state: string }[] }>('/api/agents');
  return items.map(({ name, state }) => `${name} ${state}`);
}

/** What the job itself has printed. */
async function printed(server: TestServer, id: string): Promise<readonly string[]> {
  const headers = { authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.adminUrl}/api/runs/${id}/log`, { headers });
  const log = (await response.text()).split('\n').filter(Boolean);
  return log.map(line => JSON.parse(line)).flatMap(({ stream, text }) => (stream === 'stdout' ? [text] : []));
}

/** All of it that is there now. */
async function feed(server: TestServer): Promise<readonly FeedItem[]> {
  const stop = new AbortController();
  const headers = { authorization: `Bearer ${server.token}` };
  const response = await fetch(`${server.adminUrl}/api/feed?cursor=0`, { headers, signal: stop.signal });
  const items: FeedItem[] = [];
  const decoder = new TextDecoder();
  let text = '';
  const reading = (async () => {
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      const messages = text.split('\n\n');
      text = messages.pop() ?? '';
      for (const message of messages) {
        const data = message.split('\n').find(line => line.startsWith('data: '));
        if (data !== undefined) items.push(JSON.parse(data.slice('data: '.length)));
      }
    }
  })().catch(() => undefined); // it is stopped by hand
  const ended = (): number => items.filter(({ state }) => state === 'finished').length;
  await until(() => ended() >= 27, 'the feed to tell of all ends', patienceMs);
  stop.abort();
  await reading;
  return items;
}

function lines(file: string): readonly string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean);
  } catch {
    // Nothing has been written yet.
    return [];
  }
}
