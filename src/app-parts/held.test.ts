import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { runId } from '../domain/id.ts';
import { ulidOf } from '../lib/ulid.ts';
import { openHeld } from './held.ts';

const runs = Array.from({ length: 6 }, (_, n) => runId(ulidOf(n, 'held')));
const [first = runId('')] = runs;

describe('what an agent holds', () => {
  let directory = '';
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-held-'));
  });
  after(() => rmSync(directory, { recursive: true, force: true }));

  test('is what its next life finds, whatever began and ended in this one', () => {
    let files = 0;
    const step = fc.record({
      what: fc.constantFrom('add', 'remove', 'restart', 'forget'),
      run: fc.constantFrom(...runs),
      attempt: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), steps => {
        const file = join(directory, String(++files));
        let held = openHeld(file);
        const expected = new Set<string>();
        for (const { what, run, attempt } of steps) {
          if (what === 'add') {
            held.add(run, attempt);
            expected.add(`${run}.${attempt}`);
          } else if (what === 'remove') {
            held.remove(run, attempt);
            expected.delete(`${run}.${attempt}`);
          } else if (what === 'forget') {
            held.forget();
            for (const left of held.left) expected.delete(`${left.run}.${left.attempt}`);
          } else {
            held[Symbol.dispose]();
            held = openHeld(file);
            assert.deepEqual(new Set(held.left.map(({ run, attempt }) => `${run}.${attempt}`)), expected);
          }
        }
        held[Symbol.dispose]();
      }),
    );
  });

  test('survives a line that a crash has cut', () => {
    const file = join(directory, 'cut');
    const before = openHeld(file);
    before.add(first, 1);
    before[Symbol.dispose]();
    appendFileSync(file, `+ ${first.slice(0, 9)}`);
    {
      using held = openHeld(file);
      assert.deepEqual(held.left, [{ run: first, attempt: 1 }]);
      held.add(first, 2);
    }
    using held = openHeld(file);
    assert.deepEqual(held.left, [
      { run: first, attempt: 1 },
      { run: first, attempt: 2 },
    ]);
  });

  test('does not grow with what is over', () => {
    const file = join(directory, 'long');
    using held = openHeld(file);
    for (let attempt = 1; attempt <= 5_000; attempt++) {
      held.add(first, attempt);
      held.remove(first, attempt);
    }
    assert.ok(statSync(file).size < 128 * 1024);
  });
});
