import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { until } from '../support/server.ts';
import { adminApi, type EventJson, type RunJson } from './api.ts';
import { openArena } from './arena.ts';
import * as checks from './checks.ts';
import { readEffects } from './effects.ts';
import { startLife } from './life.ts';
import { type Acknowledged, postPush } from './post.ts';
import { crashRule, effect, leaseMs, serverEnv } from './rules.ts';
import { smallDisk } from './small-disk.ts';

const rules = [
  crashRule({ name: 'quick', job: effect }),
  crashRule({
    name: 'chatty',
    job: `${effect}; for n in $(seq 60); do seq 1000; sleep 0.05; done`,
    retryLost: 1,
  }),
];
const patienceMs = leaseMs + 30_000;

test('A83: while the disk is full nothing is acknowledged; when there is room again the server goes on by itself', {
  timeout: 110_000,
}, async t => {
  await using arena = await openArena(rules);
  using disk = smallDisk(arena.data);
  t.diagnostic(disk.kind);
  // A program whose files may not grow is sent a signal that would end it.
  await using life = startLife(arena.directory, serverEnv, "trap '' XFSZ");
  const doors = await life.opened;
  assert.ok(doors, life.output());
  const api = adminApi(arena.directory, doors);
  const { sha, url } = arena.repository;
  const acknowledged: Acknowledged[] = [];
  async function post(deliveryId: string, branch: string): Promise<number> {
    const posted = await postPush(doors?.public ?? '', { deliveryId, branch, sha, url });
    if (posted.result === 'acknowledged') acknowledged.push(posted.delivery);
    return posted.result === 'refused' ? posted.status : posted.result === 'silence' ? 0 : 200;
  }
  const runs = () => api.all<RunJson>('/api/runs');
  const isHealthy = async () => (await fetch(`${doors.public}/healthz`)).ok;

  assert.equal(await post('before', 'several'), 200);
  await until(() => readEffects(arena.effects).size === 2, 'both jobs to be under way');

  disk.fill(doors.pid);
  const statuses: number[] = [];
  for (let number = 1; number <= 10; number++) statuses.push(await post(`full-${number}`, 'quick'));
  assert.deepEqual(statuses, Array(10).fill(503));
  // Whoever printed meanwhile could not be heard: long enough for its lease to be over.
  await until(() => /the log of run_\w+ cannot be written/.test(life.output()), 'the log to fail');
  assert.ok(!life.hasEnded(), life.output());

  disk.free(doors.pid);
  await until(
    async () => (await post('full-1', 'quick')) === 200,
    'the next delivery to be taken',
    patienceMs,
  );
  for (let number = 2; number <= 10; number++) assert.equal(await post(`full-${number}`, 'quick'), 200);
  await until(isHealthy, 'the server to be well');
  const ended = await until(
    async () => {
      const now = await runs();
      return checks.stuckRuns(now).length === 0 ? now : undefined;
    },
    'all runs to end',
    patienceMs,
  );
  const events = await api.all<EventJson>('/api/events');
  const done = readEffects(arena.effects);
  life.signal('SIGTERM');
  assert.equal(await life.ended, 0);

  assert.deepEqual(checks.lostEvents(acknowledged, events, rules), []);
  assert.equal(events.length, 11);
  assert.deepEqual(checks.executedTwice(ended, done, rules), []);
  assert.deepEqual(checks.missingEffects(ended, done), []);
  using database = new DatabaseSync(join(arena.data, 'signalbox.sqlite'), { readOnly: true });
  assert.deepEqual({ ...database.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' });
});
