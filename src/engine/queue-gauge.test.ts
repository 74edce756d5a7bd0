import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine } from '../../test/support/engine.ts';
import { patchEvent } from '../../test/support/events.ts';
import { until } from '../../test/support/server.ts';
import { createSystemClock } from '../clock/system.ts';
import { eventId } from '../domain/id.ts';
import { cancelRun } from './control.ts';
import { createQueueGauge } from './queue-gauge.ts';

test('a queue that empties as fast as it fills is never called full', async () => {
  await using engine = await openEngine({ queueLimit: 3 });
  const { needs } = engine;
  for (let n = 0; n < 40; n++) {
    const run = await engine.start();
    if (n % 2) await cancelRun(needs, run, 'me');
    else await needs.agent.claim('box', run, 'a claim');
  }
});

test('A21: a full queue refuses what would add to it, and nothing else; it recovers by itself', async () => {
  await using engine = await openEngine({ queueLimit: 1 });
  engine.rules = [commandRule('unit'), commandRule('patches', { when: { kind: 'type', oneOf: ['patch'] } })];
  const first = await engine.start({ deliveryId: 'the first' });
  await assert.rejects(engine.admit(engine.push()), { code: 'overloaded', retryAfterMs: 10_000 });

  const passes = async (event: Parameters<typeof engine.admit>[0]) => (await engine.admit(event)).result;
  assert.equal(await passes(engine.push({ deliveryId: 'the first' })), 'known');
  assert.equal(await passes(engine.push({ type: 'other', action: 'ping', note: 'a ping' })), 'admitted');
  assert.equal(await passes(engine.push({ type: 'tag' })), 'admitted');
  const stranger = patchEvent({ fromFork: true }, { id: eventId(engine.needs.clock.unique()) });
  assert.equal(await passes(stranger), 'admitted');
  await assert.rejects(engine.admit(engine.push()), { code: 'overloaded' });

  await cancelRun(engine.needs, first, 'me');
  await until(() => passes(engine.push()).catch(() => undefined), 'room in the queue');
});

test('what waited before a restart counts', async () => {
  await using engine = await openEngine();
  await engine.admit(engine.push());
  const gauge = createQueueGauge(engine.needs, 1, false);
  assert.equal(await gauge.hasRoom(), false);
});

test('a full queue is counted once in a while, however many ask', async () => {
  let now = 0;
  let counted = 0;
  let queued = 5;
  const clock = { ...createSystemClock(), now: () => now };
  const store = {
    counts: async () => {
      counted += 1;
      return { queued, running: 0, blocked: 0, outbox: 0, oldestQueuedAt: null };
    },
  };
  const gauge = createQueueGauge({ store, clock }, 5, false);
  const ask = () => Promise.all(Array.from({ length: 50 }, () => gauge.hasRoom()));
  assert.deepEqual(new Set([...(await ask()), ...(await ask())]), new Set([false]));
  assert.equal(counted, 1);
  queued = 3;
  now += 1_000;
  assert.equal(await gauge.hasRoom(), true);
  gauge.added(1);
  // Where there is room nobody counts, and where there was room a moment ago one look is allowed at once.
  assert.equal(await gauge.hasRoom(), true);
  assert.equal(counted, 2);
  gauge.added(1);
  assert.equal(await gauge.hasRoom(), true);
  assert.equal(counted, 3);
});

test('where others add to the queue as well, it is counted now and then though there is room', async () => {
  let now = 0;
  let queued = 0;
  const clock = { ...createSystemClock(), now: () => now };
  const store = { counts: async () => ({ queued, running: 0, blocked: 0, outbox: 0, oldestQueuedAt: null }) };
  const gauge = createQueueGauge({ store, clock }, 5, true);
  assert.equal(await gauge.hasRoom(), true);
  queued = 5;
  assert.equal(await gauge.hasRoom(), true);
  now += 2_000;
  assert.equal(await gauge.hasRoom(), false);
});
