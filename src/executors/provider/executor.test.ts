import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { pushEvent } from '../../../test/support/events.ts';
import { createSystemClock } from '../../clock/system.ts';
import { abandoned, type ExecutionContext } from '../../contracts/executor.ts';
import type { BuildJob, BuildNow, Provider } from '../../contracts/provider.ts';
import { runId } from '../../domain/id.ts';
import type { LogLine, LogStream } from '../../domain/log.ts';
import type { Rule } from '../../domain/rule.ts';
import { plan, type Run } from '../../domain/run.ts';
import { stepLine } from '../../domain/step.ts';
import { createProviderExecutor } from './executor.ts';

const call = { provider: 'ci', settings: {} };
const event = pushEvent();
const rule: Rule = {
  name: 'tests',
  when: { kind: 'all', of: [] },
  action: { kind: 'provider', call },
  repo: null,
  env: { A: 'b' },
  secrets: [],
  pool: 'providers',
  timeoutMs: 60_000,
  retryLost: 100,
  keepLogMs: null,
  trust: 'members',
  isolation: 'auto',
  concurrency: null,
  report: [],
  schedule: null,
};
const queued = plan(rule, event, { id: runId('0'.repeat(26)), at: 0, blockedBy: null, workflow: null });
const running: Run['status'] = {
  state: 'running',
  agent: 'providers',
  claim: 'c',
  startedAt: 0,
  leaseUntil: 1,
  cancelling: null,
  counterpart: null,
};

const job = (name: string, state: BuildJob['state'], startedAt: number): BuildJob => ({
  id: name,
  name,
  command: null,
  state,
  hasLog: true,
  remark: null,
  startedAt,
});

interface Stage {
  readonly status?: Run['status'];
  readonly attempt?: number;
  readonly timeoutMs?: number;
  readonly isThere?: boolean;
  readonly drainMs?: number;
}

/** An attempt at a build that a test plays, with the log of all attempts so far. */
function stage({
  status = running,
  attempt = 1,
  timeoutMs = 60_000,
  isThere = true,
  drainMs = 20_000,
}: Stage = {}) {
  const log: LogLine[] = [];
  const logs = new Map<string, string>();
  const sights: BuildNow[] = [];
  const cancels: (string | null)[] = [];
  const provider: Provider = {
    name: 'ci',
    mostBuilds: 1,
    start: async () => ({ id: 'b1', url: 'https://ci.example.org/b1' }),
    observe: async function* (_build, signal) {
      yield* sights;
      signal.throwIfAborted();
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    },
    logs: async (_build, { id }, known, _mostBytes, signal) => {
      if (id === 'mute')
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return { result: 'more', bytes: Buffer.from(logs.get(id) ?? '').subarray(known.bytes) };
    },
    cancel: async (_order, build) => void cancels.push(build?.id ?? null),
    [Symbol.asyncDispose]: async () => undefined,
  };
  const stop = new AbortController();
  const told: unknown[] = [];
  const write = async (stream: LogStream, bytes: Uint8Array): Promise<void> => {
    for (const text of Buffer.from(bytes).toString().split('\n').slice(0, -1))
      log.push({ seq: log.length + 1, at: 0, stream, text });
  };
  const run: Run = { ...queued, attempt, status };
  const context: ExecutionContext = {
    run: run.id,
    attempt: 1,
    event,
    directory: '',
    home: '',
    isolation: 'none',
    env: {},
    trigger: null,
    timeoutMs,
    signal: stop.signal,
    write,
    step: step => write('system', Buffer.from(`${stepLine(step)}\n`)),
    tellCounterpart: async counterpart => void told.push(counterpart),
  };
  const executor = createProviderExecutor({
    providers: isThere ? [provider] : [],
    store: {
      run: async () => ({ run, attempts: [], reports: [] }),
      log: async (_run, after, limit) => log.slice(after, after + limit),
    },
    clock: createSystemClock(),
    logs: { everyMs: 1, lagMs: 1, drainMs },
  });
  const execute = (more: Partial<ExecutionContext> = {}) =>
    executor.execute({ kind: 'provider', call }, { ...context, ...more });
  return { log, logs, sights, cancels, stop, told, execute, lines: () => log.map(({ text }) => text) };
}

const success = { outcome: 'success', exitCode: 0, reason: null } as const;
const sight = (ending: BuildNow['ending'], ...jobs: readonly BuildJob[]): BuildNow => ({
  jobs,
  waitsFor: null,
  ending,
});

describe('a run that another CI service does', { timeout: 20_000 }, () => {
  test('tells its jobs as steps, in the order in which they began, and where it is', async () => {
    const { logs, sights, execute, lines, told } = stage();
    logs.set('late', 'z\n').set('early', 'a\n');
    sights.push(sight(success, job('late', 'over', 2), job('early', 'over', 1)));
    assert.deepEqual(await execute(), success);
    assert.deepEqual(told, [{ id: 'b1', url: 'https://ci.example.org/b1' }]);
    assert.deepEqual(lines(), [
      'step 0 user start "early"',
      'a',
      'step 1 user start "late"',
      'z',
      'step 0 user end "early"',
      'step 1 user end "late"',
    ]);
  });

  test('says once what it waits for', async () => {
    const { sights, execute, lines } = stage();
    const waits = { jobs: [], waitsFor: 'it waits', ending: null };
    sights.push(waits, { ...waits }, sight(success));
    await execute();
    assert.deepEqual(lines(), ['it waits']);
  });

  test('ends with its build, though a job of it seems to run', async () => {
    const { logs, sights, execute, lines } = stage();
    logs.set('a', '1\n');
    const failure = { outcome: 'cancelled', exitCode: null, reason: 'canceled' } as const;
    sights.push(sight(failure, job('a', 'running', 1)));
    assert.deepEqual(await execute(), failure);
    assert.deepEqual(lines(), ['step 0 user start "a"', '1', 'step 0 user end "a"']);
  });

  test('ends as its build did, though a log of it is never answered', async () => {
    const { logs, sights, execute, lines, cancels } = stage({ drainMs: 20 });
    logs.set('a', '1\n');
    const jobs = [job('a', 'running', 1), job('mute', 'running', 2)];
    sights.push(sight(null, ...jobs), sight(success, ...jobs, job('b', 'over', 3)));
    assert.deepEqual(await execute(), success);
    assert.deepEqual(lines().slice(0, 3), ['step 0 user start "a"', '1', 'step 1 user start "mute"']);
    assert.match(lines().at(-1) ?? '', /^the rest of the log is at https:\/\/ci\.example\.org\/b1: /);
    for (const name of ['a', 'mute', 'b'])
      assert.equal(lines().filter(line => line.endsWith(`user end "${name}"`)).length, 1, name);
    assert.deepEqual(cancels, []);
  });

  test('ends as its build did, though its time is over before its log is read', async () => {
    const { sights, execute, lines, cancels } = stage({ timeoutMs: 200 });
    sights.push(sight(success, job('mute', 'over', 1)));
    assert.deepEqual(await execute(), success);
    assert.match(lines().at(-1) ?? '', /the time of the run was over$/);
    assert.deepEqual(cancels, []);
  });

  test('does not wait for what comes of a build when its log cannot be stored', async () => {
    const { logs, sights, execute } = stage();
    logs.set('a', '1\n');
    sights.push(sight(null, job('a', 'running', 1)));
    const full = new Error('the disk is full');
    await assert.rejects(execute({ write: () => Promise.reject(full) }), full);
  });

  test('goes on in the next attempt: the same steps, and no line twice', async () => {
    const first = stage();
    first.logs.set('a', '1\n2\n').set('b', 'x\n');
    first.sights.push(sight(null, job('a', 'over', 1), job('b', 'running', 2)));
    const ended = first.execute();
    while (!first.lines().includes('step 0 user end "a"')) await new Promise(setImmediate);
    first.stop.abort(abandoned);
    await ended;
    assert.deepEqual(first.cancels, []);
    const second = stage();
    second.log.push(...first.log);
    second.logs.set('a', '1\n2\n').set('b', 'x\ny\n').set('c', 'new\n');
    second.sights.push(sight(success, job('a', 'over', 1), job('b', 'over', 2), job('c', 'over', 3)));
    assert.deepEqual(await second.execute({ attempt: 2 }), success);
    assert.deepEqual(second.lines().slice(first.log.length), [
      'step 1 user more "b"',
      'y',
      'step 2 user start "c"',
      'new',
      'step 1 user end "b"',
      'step 2 user end "c"',
    ]);
  });

  test('ends its build when somebody cancels it', async () => {
    const { cancels, stop, execute } = stage({
      status: { ...running, cancelling: { outcome: 'cancelled', reason: 'enough' } },
    });
    const ended = execute();
    stop.abort('enough');
    assert.equal((await ended).outcome, 'cancelled');
    assert.deepEqual(cancels, ['b1']);
  });

  test('ends its build when its time is over', async () => {
    const { cancels, sights, execute } = stage({ timeoutMs: 1 });
    sights.push(sight(null));
    const { outcome, reason } = await execute();
    assert.deepEqual(
      [outcome, reason],
      ['timeout', 'the limit of 1 min was over while the build was running'],
    );
    assert.deepEqual(cancels, ['b1']);
  });

  test('leaves its build alone when the run has gone on without this attempt', async () => {
    const over = {
      state: 'finished',
      outcome: 'lost',
      exitCode: null,
      agent: 'providers',
      startedAt: 0,
      finishedAt: 1,
      reason: null,
      counterpart: null,
    } as const;
    for (const [status, attempt] of [
      [running, 2],
      [queued.status, 1],
      [over, 1],
    ] as const) {
      const { cancels, stop, execute } = stage({ status, attempt });
      const ended = execute();
      stop.abort('the run went on without this attempt');
      assert.equal((await ended).outcome, 'cancelled');
      assert.deepEqual(cancels, [], status.state);
    }
  });

  test('is an error where there is no such service, also for readers of steps', async () => {
    const { lines, execute } = stage({ isThere: false });
    const sentence = 'there is no provider "ci" here: it is configured in the section `providers`';
    assert.deepEqual(await execute(), { outcome: 'error', exitCode: null, reason: sentence });
    assert.deepEqual(lines(), ['step 0 user start "ci"', sentence, 'step 0 user end "ci"']);
  });
});
