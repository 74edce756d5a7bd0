import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { adminApi, type EventJson, type RunJson } from './crash/api.ts';
import { createRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startServer, until } from './support/server.ts';

const deliveries = 2_000;
const connections = 100;
/** One in so many starts a run: enough to fill the queue at times. */
const oneRunIn = 100;
const queue = 8;
const runsAtATime = 3;
const secret = 'the secret of the webhook';

test('A24: a flood of deliveries: no more runs at a time than allowed, the rest waits or is told to, and nothing is lost', {
  timeout: 110_000,
}, async t => {
  await using repository = await createRepository();
  await using server = await startServer(
    `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}" } }
git: { allowFile: true }
limits: { runs: ${runsAtATime}, queue: ${queue} }
rules:
  - { name: flooded, on: push, branch: main, run: "true" }
`,
    { HOOK_SECRET: secret },
  );
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  t.after(() => agent.destroy());

  /** Sends a delivery until it is taken, as a forge would; returns how often it was told to come again. */
  async function deliver(number: number): Promise<number> {
    const branch = number % oneRunIn === 0 ? 'main' : 'another';
    const ref = `refs/heads/${branch}`;
    const payload = push({ name: 'acme/widgets', url: repository.url, ref, after: repository.sha });
    const parcel = githubRequest('push', payload, secret, `flood-${number}`);
    for (let refused = 0; ; refused++) {
      const status = await post(agent, `${server.publicUrl}/github`, parcel);
      if (status !== 503) {
        assert.ok(status === 202 || (status === 200 && refused > 0), `delivery ${number}: ${status}`);
        return refused;
      }
      await new Promise(resolve => setTimeout(resolve, 500));
    }
  }
  const refusals = await Promise.all(Array.from({ length: deliveries }, (_, number) => deliver(number)));
  t.diagnostic(`answered 503: ${refusals.reduce((sum, count) => sum + count)}`);

  const api = adminApi(server.directory, { pid: 0, public: server.publicUrl, admin: server.adminUrl });
  const runs = await until(
    async () => {
      const runs = await api.all<TimedRun>('/api/runs');
      return runs.every(({ state }) => state === 'finished') ? runs : undefined;
    },
    'all runs to end',
    60_000,
  );
  const events = await api.all<EventJson>('/api/events');
  const ids = new Set(events.map(({ deliveryId }) => deliveryId));
  assert.deepEqual([events.length, ids.size], [deliveries, deliveries]);
  assert.equal(runs.length, deliveries / oneRunIn);
  assert.deepEqual(
    runs.filter(({ outcome, attempt }) => outcome !== 'success' || attempt !== 1),
    [],
  );
  const most = mostAtATime(runs);
  assert.ok(most > 1 && most <= runsAtATime, `${most} runs at a time`);
  const megabytes = highestMemoryMegabytes(server.directory);
  t.diagnostic(`memory: ${megabytes} MB`);
  assert.ok(megabytes < 400, `${megabytes} MB`);
});

interface TimedRun extends RunJson {
  readonly startedAt: string;
  readonly finishedAt: string;
}

/** How many runs were under way when most were; one that ends as another begins does not count with it. */
function mostAtATime(runs: readonly TimedRun[]): number {
  const moments = runs.flatMap(({ startedAt, finishedAt }) => [
    { at: Date.parse(startedAt), step: 1 },
    { at: Date.parse(finishedAt), step: -1 },
  ]);
  let under = 0;
  let most = 0;
  for (const { step } of moments.sort((one, other) => one.at - other.at || one.step - other.step)) {
    under += step;
    most = Math.max(most, under);
  }
  return most;
}

function highestMemoryMegabytes(directory: string): number {
  const { pid } = JSON.parse(readFileSync(join(directory, 'ready.json'), 'utf8')) as { pid: number };
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kilobytes) / 1024);
}

function post(
  agent: Agent,
  url: string,
  { body, headers }: { readonly body: string; readonly headers: Record<string, string> },
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', agent, headers }, answer => {
      answer.resume().once('end', () => resolve(answer.statusCode ?? 0));
    })
      .once('error', reject)
      .end(body);
  });
}
