import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { until } from '../../../test/support/server.ts';
import { admitPipeline, knot, pipelineFacts, workflow } from '../../../test/support/tangled/pipeline.ts';
import { type DialError, type LogLine, readLog } from '../../../test/support/tangled/strict-client.ts';
import { createSystemClock } from '../../clock/system.ts';
import { type RunId, runId } from '../../domain/id.ts';
import type { LogStream } from '../../domain/log.ts';
import type { Ending, Run } from '../../domain/run.ts';
import { stepLine } from '../../domain/step.ts';
import { socketLimits } from '../socket/talker.ts';

const spindle = { hostname: 'ci.brookfield.example', owner: null, dev: false };
const clock = createSystemClock();

/** A pipeline with one workflow, whose run waits. */
async function start(house: House, name = 'test.yml'): Promise<RunId> {
  const { runs } = await admitPipeline(
    house.store,
    clock,
    pipelineFacts('3m', { workflows: [workflow(name)] }),
  );
  const [run] = runs;
  assert.ok(run);
  return run;
}

let sequence = 0;
async function print(
  { store, control }: House,
  run: RunId,
  stream: LogStream,
  ...lines: string[]
): Promise<void> {
  const bytes = Buffer.from(lines.map(line => `${line}\n`).join(''));
  await store.appendLog(run, { attempt: 1, sequence: ++sequence, at: 1_785_578_403_100, stream, bytes });
  control.hint(`log:${run}`);
}

const step = (id: number, status: 'start' | 'end', name: string, command: string | null = null): string =>
  stepLine({ id, kind: id === 0 ? 'system' : 'user', status, name, command });

async function end({ recorder }: House, run: RunId, ending: Ending): Promise<void> {
  await recorder.news('local', {
    kind: 'news',
    run,
    news: { kind: 'finished', attempt: 1, at: 1_785_578_405_000, ending },
  });
}
const success: Ending = { outcome: 'success', exitCode: 0, reason: null };

const short = (lines: readonly LogLine[]): string[] =>
  lines.map(({ kind, step_id, step_status, stream, content }) =>
    [step_id, kind === 'data' ? stream : step_status, content].join(' '),
  );

const path = `${knot}/3m/test.yml`;
const goodbye = { code: 1000, reason: 'log stream complete' };

describe('the log of a workflow', { timeout: 60_000 }, () => {
  test('is followed from its first line to its end, and read whole by those who come late', async () => {
    await using house = await openHouse({ spindle });
    sequence = 0;
    const run = await start(house);
    await using early = await readLog(house.publicUrl, path);
    await house.claim(run);
    await print(house, run, 'system', step(0, 'start', 'Clone', 'git init\ngit fetch'));
    await print(house, run, 'stderr', 'From https://knot.example');
    const first = await early.take(2);
    assert.deepEqual(first, [
      {
        kind: 'control',
        content: 'Clone',
        time: new Date(1_785_578_403_100),
        step_id: 0,
        step_status: 'start',
        step_kind: 0,
        step_command: 'git init\ngit fetch',
        stream: '',
      },
      {
        kind: 'data',
        content: 'From https://knot.example',
        time: new Date(1_785_578_403_100),
        step_id: 0,
        step_status: '',
        step_kind: 0,
        step_command: '',
        stream: 'stderr',
      },
    ]);
    await print(house, run, 'system', step(0, 'end', 'Clone'), step(1, 'start', 'unit tests', 'npm test'));
    await print(house, run, 'stdout', '\u001b[32mok\u001b[0m 1 \u001b]0;title\u0007');
    await end(house, run, success);
    const all = [...first, ...(await early.rest())];
    assert.deepEqual(short(all), [
      '0 start Clone',
      '0 stderr From https://knot.example',
      '0 end Clone',
      '1 start unit tests',
      '1 stdout ok 1 ',
      '1 end unit tests',
    ]);
    assert.deepEqual(
      all.filter(({ kind }) => kind === 'control').map(({ step_kind }) => step_kind),
      [0, 0, 1, 1],
    );
    assert.deepEqual(await early.closed, goodbye);
    await using late = await readLog(house.publicUrl, path);
    assert.deepEqual(await late.rest(), all);
    assert.deepEqual(await late.closed, goodbye);
  });

  test('of a workflow that failed before it began says why', async () => {
    await using house = await openHouse({ spindle });
    const run = await start(house);
    await house.claim(run);
    await end(house, run, { outcome: 'error', exitCode: null, reason: 'unknown engine "x"' });
    await using reader = await readLog(house.publicUrl, path);
    const lines = await reader.rest();
    assert.deepEqual(short(lines), [
      '0 start Start the workflow',
      '0 stderr unknown engine "x"',
      '0 end Start the workflow',
    ]);
    assert.ok(lines.every(({ time }) => time !== null));
    assert.deepEqual(await reader.closed, goodbye);
  });

  test('is that of the youngest run', async () => {
    await using house = await openHouse({ spindle });
    sequence = 0;
    const first = await start(house);
    await house.claim(first);
    await print(house, first, 'stdout', 'the first');
    await end(house, first, success);
    const found = (await house.store.run(first))?.run ?? assert.fail();
    const again: Run = {
      ...found,
      id: runId(clock.unique()),
      rerunOf: first,
      attempt: 0,
      version: 1,
      status: { state: 'queued', reason: null },
    };
    await house.store.addRun(again);
    await house.claim(again.id);
    sequence = 0;
    await print(house, again.id, 'stdout', 'the second');
    await end(house, again.id, success);
    await using reader = await readLog(house.publicUrl, path);
    assert.deepEqual(short(await reader.rest()), ['0 start Log', '0 stdout the second', '0 end Log']);
  });

  test('that was forgotten is not there, like one that nobody knows', async () => {
    await using house = await openHouse({ spindle });
    sequence = 0;
    const run = await start(house);
    await house.claim(run);
    await print(house, run, 'stdout', 'soon forgotten');
    await end(house, run, success);
    await house.store.forgetLogs({ before: Date.now() + 1_000, totalBytes: 0, now: Date.now() }, 10);
    for (const unknown of [path, `${knot}/3m/other.yml`, `other.example/3m/test.yml`, `${knot}/3n/test.yml`])
      await assert.rejects(readLog(house.publicUrl, unknown), (error: DialError) => {
        assert.deepEqual([error.status, error.body], [404, 'logs not found\n']);
        return true;
      });
  });

  test('that cannot be looked for is unavailable, and nobody learns why', async () => {
    await using house = await openHouse({ spindle });
    await house.store[Symbol.asyncDispose]();
    await assert.rejects(readLog(house.publicUrl, path), (error: DialError) => {
      assert.deepEqual([error.status, error.body], [500, 'logs unavailable\n']);
      return true;
    });
    assert.ok(house.notes.some(note => note.kind === 'trouble' && note.where === 'GET /logs'));
  });

  test('has names with dots, slashes and spaces', async () => {
    await using house = await openHouse({ spindle });
    sequence = 0;
    const run = await start(house, 'te/st all.yml');
    await house.claim(run);
    await end(house, run, { outcome: 'failure', exitCode: 2, reason: null });
    await using reader = await readLog(house.publicUrl, `${knot}/3m/te%2Fst%20all.yml`);
    assert.equal((await reader.rest()).length, 3);
  });

  test('of many megabytes comes whole', async () => {
    await using house = await openHouse({ spindle });
    sequence = 0;
    const run = await start(house);
    await house.claim(run);
    const line = 'x'.repeat(1_000);
    for (let n = 0; n < 20; n++)
      await print(house, run, 'stdout', ...Array.from({ length: 250 }, (_, m) => `${n * 250 + m} ${line}`));
    await end(house, run, success);
    await using reader = await readLog(house.publicUrl, path);
    const data = (await reader.rest()).filter(({ kind }) => kind === 'data');
    assert.deepEqual(
      data.map(({ content }) => Number.parseInt(content, 10)),
      [...Array(5_000).keys()],
    );
  });

  test('is followed no longer when its reader has gone', async () => {
    const sockets = { ...socketLimits, pingMs: 50 };
    await using house = await openHouse({ spindle, limits: { sockets } });
    sequence = 0;
    const run = await start(house);
    await house.claim(run);
    let listeners = 0;
    const reader = await readLog(house.publicUrl, path);
    await print(house, run, 'stdout', 'a');
    assert.equal((await reader.take(2)).length, 2);
    await until(async () => reader.pings() > 1 || undefined, 'pings');
    const { store } = house;
    const log = store.log.bind(store);
    Object.assign(store, {
      log: (...given: Parameters<typeof log>) => {
        listeners += 1;
        return log(...given);
      },
    });
    await reader[Symbol.asyncDispose]();
    await until(async () => {
      listeners = 0;
      house.control.hint(`log:${run}`);
      await new Promise(setImmediate);
      await store.log(run, 0, 1);
      return listeners === 1 || undefined;
    }, 'nobody to read the log any more');
  });
});
