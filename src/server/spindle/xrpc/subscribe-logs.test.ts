import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type House, openHouse } from '../../../../test/support/doors/open-house.ts';
import { admitPipeline, pipelineFacts, workflow } from '../../../../test/support/tangled/pipeline.ts';
import { type DialError, subscribeLogs } from '../../../../test/support/tangled/strict-client.ts';
import { createSystemClock } from '../../../clock/system.ts';
import type { RunId } from '../../../domain/id.ts';
import type { LogStream } from '../../../domain/log.ts';
import { stepLine } from '../../../domain/step.ts';
import { socketLimits } from '../../socket/talker.ts';

const spindle = { hostname: 'ci.brookfield.example', owner: null, dev: false };
const second = Date.UTC(2026, 7, 1, 10, 0, 3);
const goodbye = { code: 1000, reason: 'log stream complete' };
const clock = createSystemClock();

async function start(house: House): Promise<readonly [RunId, RunId]> {
  const workflows = [workflow('ci.yml'), workflow('lint.yml')];
  const { runs } = await admitPipeline(house.store, clock, pipelineFacts('3mrz', { workflows }));
  const [ci, lint] = runs;
  assert.ok(ci && lint);
  await house.claim(ci);
  await house.claim(lint);
  return [ci, lint];
}

/** Of the last chunk of each run. */
const sequences = new Map<RunId, number>();
async function print({ store, control }: House, run: RunId, stream: LogStream, line: string): Promise<void> {
  const bytes = Buffer.from(`${line}\n`);
  const sequence = (sequences.get(run) ?? 0) + 1;
  sequences.set(run, sequence);
  await store.appendLog(run, { attempt: 1, sequence, at: second, stream, bytes });
  control.hint(`log:${run}`);
}
const unit = stepLine({ id: 0, kind: 'user', status: 'start', name: 'unit', command: 'npm test' });

const time = '2026-08-01T10:00:03Z';
const control = { op: 1, t: '#control' };
const data = { op: 1, t: '#data' };

describe('the logs of a pipeline', { timeout: 60_000 }, () => {
  test('come side by side, first what was printed and then what is, to their ends', async () => {
    await using house = await openHouse({ spindle });
    const [ci, lint] = await start(house);
    await print(house, ci, 'system', unit);
    await using reader = await subscribeLogs(house.publicUrl, 'pipeline=3mrz');
    const step = { time, workflow: 'ci.yml', step: 0 };
    const begin = { ...step, kind: 'user', status: 'start', content: 'unit', command: 'npm test' };
    assert.deepEqual(await reader.take(1), [[control, begin]]);
    await print(house, lint, 'stdout', 'nothing to say');
    const [, said] = await reader.take(2);
    assert.deepEqual(said, [
      data,
      { time, workflow: 'lint.yml', step: 0, stream: 'stdout', content: 'nothing to say\n' },
    ]);
    await print(house, ci, 'stderr', '\u001b[31mred\u001b[0m');
    const red = { ...step, stream: 'stderr', content: '\u001b[31mred\u001b[0m\n' };
    assert.deepEqual(await reader.take(1), [[data, red]]);
    await house.finish(lint, 0);
    await print(house, ci, 'stdout', 'still here');
    const after = await reader.take(2);
    assert.deepEqual(
      after.map(([header]) => header),
      [control, data],
    );
    await house.finish(ci, 0);
    assert.equal((await reader.rest()).length, 1);
    assert.deepEqual(await reader.closed, goodbye);

    await using late = await subscribeLogs(
      house.publicUrl,
      'pipeline=3mrz&workflows=ci.yml',
      'sh.tangled.ci.pipeline.subscribeLogs',
    );
    const all = await late.rest();
    assert.deepEqual(all.slice(0, 2), [
      [control, begin],
      [data, red],
    ]);
    assert.equal(all.length, 4);
    assert.deepEqual(await late.closed, goodbye);
  });

  test('of a workflow that it has not end with that', async () => {
    await using house = await openHouse({ spindle });
    await start(house);
    await using reader = await subscribeLogs(
      house.publicUrl,
      'pipeline=3mrz&workflows=ci.yml&workflows=none',
    );
    assert.deepEqual(await reader.rest(), [
      [{ op: -1 }, { error: 'WorkflowNotFound', message: 'no such workflow' }],
    ]);
    assert.deepEqual(await reader.closed, goodbye);
  });

  test('are refused before there is a socket', async () => {
    await using house = await openHouse({ spindle });
    for (const [query, status, error] of [
      ['', 400, 'BadRequest'],
      ['pipeline=', 400, 'BadRequest'],
      ['pipeline=a%20b', 400, 'BadRequest'],
      ['pipeline=at://did:web:knot.example/sh.tangled.repo/3m', 400, 'BadRequest'],
      ['pipeline=3unknown', 404, 'NotFound'],
    ] as const)
      await assert.rejects(subscribeLogs(house.publicUrl, query), (refusal: DialError) => {
        assert.deepEqual([refusal.status, JSON.parse(refusal.body).error], [status, error], query);
        return true;
      });
    const plain = await fetch(
      `${house.publicUrl}/xrpc/sh.tangled.ci.subscribePipelineLogs?pipeline=3unknown`,
    );
    assert.equal(plain.status, 404);
  });

  test('keep the line alive while nothing is printed', async () => {
    const sockets = { ...socketLimits, pingMs: 20 };
    await using house = await openHouse({ spindle, limits: { sockets } });
    const [ci] = await start(house);
    await using reader = await subscribeLogs(house.publicUrl, 'pipeline=3mrz&workflows=ci.yml');
    while (reader.pings() < 2) await new Promise(resolve => reader.socket.once('ping', resolve));
    await house.finish(ci, 0);
    assert.deepEqual(await reader.closed, goodbye);
  });
});
