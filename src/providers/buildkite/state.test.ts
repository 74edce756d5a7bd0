import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildNow } from './state.ts';
import { type WireBuild, wireBuild } from './wire.ts';

function build(state: string, more: object = {}, jobs: readonly object[] = []): WireBuild {
  return wireBuild.parse({
    id: 'b',
    number: 41,
    web_url: 'https://buildkite.com/acme/app/builds/41',
    state,
    jobs: jobs.map((job, n) => ({ id: `j${n}`, type: 'script', ...job })),
    ...more,
  });
}

const success = { outcome: 'success', exitCode: 0, reason: null };
const cancelled = (reason: string) => ({ outcome: 'cancelled', exitCode: null, reason });

test('what the state of a build means for its run', () => {
  const goesOn = [
    'creating',
    'scheduled',
    'waiting',
    'running',
    'failing',
    'canceling',
    'waiting_failed',
    'something new',
  ];
  for (const state of goesOn)
    assert.deepEqual(buildNow(build(state)), { jobs: [], waitsFor: null, ending: null });
  const table: readonly (readonly [WireBuild, object | null])[] = [
    [build('passed'), success],
    [build('not_run'), { ...success, reason: 'no step of the build had anything to do' }],
    [build('canceled'), cancelled('canceled on Buildkite')],
    [build('canceled', { blocked: true }), cancelled('canceled on Buildkite')],
    [build('canceled', { cancel_reason: 'by Pat' }), cancelled('canceled on Buildkite: by Pat')],
    [build('skipped'), cancelled('skipped by Buildkite: there is a newer build')],
    [build('failed'), { outcome: 'failure', exitCode: null, reason: null }],
    [build('blocked'), null],
    [build('passed', { blocked: true }), null],
  ];
  for (const [wire, ending] of table) assert.deepEqual(buildNow(wire).ending, ending);
});

test('who waits for an unblock is told where', () => {
  const waitsFor = 'the build waits for somebody to unblock it at https://buildkite.com/acme/app/builds/41';
  assert.equal(buildNow(build('blocked')).waitsFor, waitsFor);
  assert.equal(buildNow(build('running', { blocked: true })).waitsFor, waitsFor);
  // A link that is none is none of ours.
  assert.equal(
    buildNow(build('blocked', { web_url: 'javascript:alert(1)' })).waitsFor,
    'the build waits for somebody to unblock it',
  );
});

test('the first job that failed says why', () => {
  const ending = (...jobs: readonly object[]) => buildNow(build('failed', {}, jobs)).ending;
  const soft = { name: 'lint', state: 'failed', exit_status: 2, soft_failed: true };
  const again = { name: 'flaky', state: 'failed', exit_status: 3, retried: true };
  const hung = { name: 'hung', state: 'timed_out' };
  const failed = { name: ':test_tube: unit', state: 'failed', exit_status: 1 };
  assert.deepEqual(ending(soft, again, failed, hung), {
    outcome: 'failure',
    exitCode: 1,
    reason: 'unit: exit 1',
  });
  assert.deepEqual(ending(soft, hung), { outcome: 'timeout', exitCode: null, reason: 'hung: timed out' });
  assert.deepEqual(ending({ name: 'a', state: 'expired' })?.reason, 'a: expired before an agent took it');
  assert.deepEqual(
    ending({ name: 'a', state: 'failed', exit_status: -1, signal: 'SIGKILL' })?.reason,
    'a: ended by SIGKILL',
  );
  assert.deepEqual(
    ending({ name: 'a', state: 'finished', exit_status: 0 }, { name: 'b', state: 'finished', exit_status: 4 })
      ?.reason,
    'b: exit 4',
  );
});

describe('jobs', () => {
  const job = (fields: object) => buildNow(build('running', {}, [fields])).jobs[0];
  const started = '2026-08-01T10:00:03Z';

  test('which have begun, and which are over', () => {
    const states = {
      waiting: [
        'pending',
        'waiting',
        'limiting',
        'limited',
        'scheduled',
        'reserved',
        'assigned',
        'accepted',
        'platform_limiting',
        'platform_limited',
        'new',
      ],
      running: ['running', 'canceling', 'timing_out'],
      over: [
        'passed',
        'failed',
        'canceled',
        'timed_out',
        'finished',
        'waiting_failed',
        'blocked_failed',
        'unblocked_failed',
        'skipped',
        'broken',
        'expired',
      ],
    };
    for (const [state, theirs] of Object.entries(states))
      for (const each of theirs) assert.equal(job({ state: each })?.state, state, each);
  });

  test('have a log when they have begun, else a word on why not', () => {
    for (const state of ['passed', 'failed', 'canceled', 'timed_out'])
      assert.deepEqual(
        [job({ state, started_at: started })?.hasLog, job({ state, started_at: started })?.remark],
        [true, null],
      );
    assert.deepEqual(
      [job({ state: 'canceled' })?.hasLog, job({ state: 'canceled' })?.remark],
      [false, 'was canceled'],
    );
    assert.equal(
      job({ state: 'broken' })?.remark,
      'did not run: its dependencies or conditions kept it from that',
    );
    assert.equal(job({ state: 'blocked', type: 'manual' })?.remark, 'waits for somebody to unblock it');
    assert.equal(job({ state: 'passed', type: 'trigger', started_at: started })?.hasLog, false);
    assert.equal(job({ state: 'waiting', type: 'waiter' }), undefined);
  });

  test('are called by their labels, without pictures', () => {
    const name = (fields: object) => job({ state: 'running', ...fields })?.name;
    assert.equal(name({ name: ':docker:  build  image :ship:' }), 'build image');
    assert.equal(name({ name: 'test', parallel_group_index: 1, parallel_group_total: 5 }), 'test (2/5)');
    assert.equal(name({ name: ':docker:', step_key: 'image' }), 'image');
    assert.equal(name({ command: 'make\nmake test' }), 'make');
    assert.equal(name({}), 'job');
  });
});
