import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { LogLine } from './log.ts';
import type { Outcome } from './run.ts';
import { type Step, stepKinds, stepLine } from './step.ts';
import { createStepLog, type StepNews } from './step-log.ts';

const line = (stream: LogLine['stream'], text: string): LogLine => ({ seq: 1, at: 7, stream, text });
const said = (id: number, status: Step['status'], name = `step ${id}`): LogLine =>
  line('system', stepLine({ id, kind: 'user', status, name, command: null }));
const finished = (outcome: Outcome, reason: string | null = null) =>
  ({
    state: 'finished',
    outcome,
    reason,
    exitCode: null,
    agent: null,
    startedAt: null,
    finishedAt: 9,
    counterpart: null,
  }) as const;

function read(lines: readonly LogLine[], outcome: Outcome = 'success', reason: string | null = null) {
  const log = createStepLog();
  return [...lines.flatMap(each => log.read(each)), ...log.end(finished(outcome, reason))];
}
const short = (news: readonly StepNews[]): string[] =>
  news.map(each =>
    each.kind === 'data'
      ? `${each.step} ${each.stream} ${each.text}`
      : `${each.step.id} ${each.status} ${each.step.name}`,
  );

describe('a log in steps', () => {
  test('lines stand in the step that was named last', () => {
    const lines = [
      said(0, 'start'),
      line('stdout', 'a'),
      said(1, 'start'),
      line('stderr', 'b'),
      said(0, 'more'),
      line('stdout', 'c'),
      said(0, 'end'),
      line('stdout', 'late'),
      said(1, 'end'),
    ];
    assert.deepEqual(short(read(lines)), [
      '0 start step 0',
      '0 stdout a',
      '1 start step 1',
      '1 stderr b',
      '0 stdout c',
      '0 end step 0',
      '0 stdout late',
      '1 end step 1',
    ]);
  });

  test('what is printed before all steps has a step of its own, and those behind it move on', () => {
    const lines = [line('stdout', 'early'), line('system', 'a note'), said(0, 'start'), said(0, 'end')];
    assert.deepEqual(short(read(lines)), [
      '0 start Log',
      '0 stdout early',
      '0 stderr a note',
      '0 end Log',
      '1 start step 0',
      '1 end step 0',
    ]);
  });

  test('what signalbox itself says before all steps stands in the first one', () => {
    const lines = [
      line('system', 'attempt 1 on local'),
      said(0, 'start'),
      line('stdout', 'a'),
      said(0, 'end'),
    ];
    assert.deepEqual(short(read(lines)), [
      '0 start step 0',
      '0 stderr attempt 1 on local',
      '0 stdout a',
      '0 end step 0',
    ]);
    const alone = [line('system', 'attempt 1 on local'), line('system', 'no such commit')];
    assert.deepEqual(short(read(alone, 'error', 'no such commit')), [
      '0 start Start the workflow',
      '0 stderr attempt 1 on local',
      '0 stderr no such commit',
      '0 end Start the workflow',
    ]);
    assert.deepEqual(short(read(alone)), [
      '0 start Log',
      '0 stderr attempt 1 on local',
      '0 stderr no such commit',
      '0 end Log',
    ]);
  });

  test('the steps of a second attempt are others; those of the first have ended', () => {
    const lines = [said(0, 'start'), line('system', 'attempt 1 was lost'), said(0, 'start'), said(0, 'end')];
    assert.deepEqual(short(read(lines)), [
      '0 start step 0',
      '0 stderr attempt 1 was lost',
      '0 end step 0',
      '1 start step 0',
      '1 end step 0',
    ]);
  });

  test('steps that nobody ended have ended with the run', () => {
    assert.deepEqual(short(read([said(0, 'start'), line('stdout', 'a')], 'cancelled')), [
      '0 start step 0',
      '0 stdout a',
      '0 end step 0',
    ]);
  });

  test('a run that failed before it printed anything says why, in a step', () => {
    assert.deepEqual(short(read([], 'error', 'unknown engine "x"')), [
      '0 start Start the workflow',
      '0 stderr unknown engine "x"',
      '0 end Start the workflow',
    ]);
    assert.equal(short(read([], 'lost'))[1], '0 stderr it ended as lost');
    assert.deepEqual(read([], 'success'), []);
  });

  test('whatever a log says: steps are counted in order, begin once, end once, and hold all that is printed', () => {
    const anyLine = fc.oneof(
      fc
        .tuple(fc.constantFrom('stdout', 'stderr', 'system'), fc.string())
        .map(([stream, text]) => line(stream, text)),
      fc
        .record({
          id: fc.nat(4),
          kind: fc.constantFrom(...stepKinds),
          status: fc.constantFrom('start', 'more', 'end'),
          name: fc.string(),
          command: fc.option(fc.string()),
        })
        .map(step => line('system', stepLine(step as Step))),
    );
    fc.assert(
      fc.property(fc.array(anyLine), lines => {
        const news = read(lines, 'failure');
        const begun: number[] = [];
        const ended: number[] = [];
        for (const each of news) {
          if (each.kind === 'data') assert.ok(begun.includes(each.step));
          else if (each.status === 'start') begun.push(each.step.id);
          else ended.push(each.step.id);
        }
        assert.deepEqual(begun, [...begun.keys()]);
        assert.deepEqual(
          ended.toSorted((a, b) => a - b),
          begun,
        );
      }),
    );
  });
});
