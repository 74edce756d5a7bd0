import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { longestLineBytes } from './log.ts';
import { readStepLine, stepKinds, stepLine } from './step.ts';

test('a step line says what was written into it, whatever names and commands are', () => {
  const step = fc.record(
    {
      id: fc.nat(999_999_999),
      kind: fc.constantFrom(...stepKinds),
      status: fc.constantFrom('start', 'more', 'end'),
      name: fc.string({ unit: 'binary' }),
      command: fc.option(fc.string({ unit: 'binary' })),
    },
    { noNullPrototype: true },
  );
  fc.assert(
    fc.property(step, step => {
      const line = stepLine(step);
      assert.doesNotMatch(line, /\n/);
      assert.deepEqual(readStepLine(line), step);
    }),
  );
});

test('other lines are no steps', () => {
  for (const line of [
    'attempt 1 on local',
    'step 1 user start',
    'step 1 user start "\\q"',
    'step x user end "a"',
  ])
    assert.equal(readStepLine(line), null, line);
});

test('however long or odd names and commands are, the line is one line of a log, and is read again', () => {
  for (const long of ['x', 'é', '\u{1f682}', '\u0001', '\ud800', '"'].map(part => part.repeat(70_000))) {
    const step = { id: 1, kind: 'user', status: 'start', name: long, command: long } as const;
    const line = stepLine(step);
    assert.ok(Buffer.byteLength(line) < longestLineBytes);
    const read = readStepLine(line);
    assert.equal(read?.name, `${long.slice(0, 500)}…`.toWellFormed());
    assert.equal(read.command, `${long.slice(0, 8_000)}…`.toWellFormed());
  }
});
