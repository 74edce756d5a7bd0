import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { event, notes, run } from '../../test/support/doors/sample-notes.ts';
import { SignalboxError } from '../domain/errors.ts';
import { combineJournals, createLogJournal } from './journal.ts';

test('A76: each note is one line of JSON, with hostile text escaped and secrets masked', async () => {
  let written = '';
  const journal = createLogJournal({
    write: lines => {
      written += lines;
    },
    redactText: text => text.replaceAll('hunter2', '***'),
    clock: { now: () => 0 },
  });
  for (const note of notes) combineJournals(journal).note(note);
  await turn();
  const lines = written.split(/(?<=\n)/);
  assert.equal(lines.length, notes.length);
  const parsed = lines.map(line => {
    assert.equal(line.indexOf('\n'), line.length - 1);
    // oxlint-disable-next-line no-control-regex -- these are what a terminal would obey
    assert.doesNotMatch(line.trimEnd(), /[\u0000-\u001f]/);
    return JSON.parse(line) as Record<string, unknown>;
  });
  assert.deepEqual(
    parsed.map(({ msg, level }) => [msg, level]),
    [
      ['event.admitted', 'info'],
      ['event.duplicate', 'info'],
      ['delivery.refused', 'warn'],
      ['run.started', 'info'],
      ['run.finished', 'info'],
      ['run.lost', 'warn'],
      ['report.told', 'info'],
      ['config.reloaded', 'info'],
      ['config.refused', 'warn'],
      ['trouble', 'error'],
      ['cursor.unreadable', 'warn'],
      ['announcement.skipped', 'warn'],
    ],
  );
  assert.equal(parsed[0]?.['actor'], 'the password is ***');
  assert.equal(parsed[0]?.['ref'], event.ref);
  assert.deepEqual(parsed[0]?.['verdicts'], { [run.rule]: 'matched' });
  assert.deepEqual([parsed[4]?.['outcome'], parsed[4]?.['exitCode']], ['failure', 2]);
  assert.deepEqual(parsed[7]?.['needsRestart'], ['public.port']);
  assert.equal((parsed[9]?.['err'] as { code: string } | undefined)?.code, 'unavailable');
  assert.doesNotMatch(lines.join(''), /hunter2|x-secret/);
});

test('the same trouble is written once in a minute, with how often it came meanwhile', () => {
  const written: string[] = [];
  let now = 0;
  const journal = createLogJournal({
    write: lines => written.push(lines),
    redactText: text => text,
    clock: { now: () => now },
  });
  const note = (where: string) =>
    journal.note({ kind: 'trouble', where, error: new Error('the database is away') });
  for (now = 0; now <= 60_000; now += 1_000) note('dispatch');
  note('sweep');
  const parsed = written.map(line => JSON.parse(line) as { where: string; leftOut?: number });
  assert.deepEqual(
    parsed.map(({ where, leftOut }) => [where, leftOut]),
    [
      ['dispatch', undefined],
      ['dispatch', 59],
      ['sweep', undefined],
    ],
  );
});

test('trouble that is told in a sentence has no stack, and its cause where that says more', () => {
  const written: string[] = [];
  const journal = createLogJournal({
    write: lines => written.push(lines),
    redactText: text => text,
    clock: { now: () => 0 },
  });
  const errors = [
    new SignalboxError('unavailable', 'the bucket does not answer', { cause: new Error('socket hang up') }),
    new SignalboxError('unavailable', 'no route (ECONNREFUSED)', { cause: new Error('ECONNREFUSED') }),
    new SignalboxError('internal', 'a mistake of ours'),
    new TypeError('x is not a function'),
  ];
  for (const error of errors) journal.note({ kind: 'trouble', where: 'here', error });
  const told = written.map(line => (JSON.parse(line) as { err: Record<string, unknown> }).err);
  assert.deepEqual(told.slice(0, 2), [
    {
      type: 'SignalboxError',
      code: 'unavailable',
      message: 'the bucket does not answer',
      cause: 'socket hang up',
    },
    { type: 'SignalboxError', code: 'unavailable', message: 'no route (ECONNREFUSED)' },
  ]);
  assert.deepEqual(
    told.slice(2).map(({ stack }) => typeof stack),
    ['string', 'string'],
  );
});
