import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDesk } from './desk.ts';

test('what a node says of many repositories while one is looked at has an end in memory', () => {
  const desk = createDesk();
  for (let n = 0; n < 5_000; n += 1) {
    const line = `${n} ${'x'.repeat(60_000)}`;
    const update = { ref: 'refs/heads/main', before: null, after: null };
    desk.hint(`rad:z${n}`, { fetchedFrom: 'z6Mk', updates: [update], told: [{ line, about: [] }] });
  }
  const { hints } = desk.take();
  const told = [...hints.values()].flatMap(hint => hint.told);
  // All of them are looked at; what is kept of their words is bounded.
  assert.equal(hints.size, 5_000);
  assert.ok(told.length < 1_200, `${told.length} lines are kept`);
  assert.ok(told.length > 0);
  desk.hint('rad:z1', { fetchedFrom: null, updates: [], told: [{ line: 'again', about: [] }] });
  assert.equal(desk.take().hints.get('rad:z1')?.told.length, 1);
});
