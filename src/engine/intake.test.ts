import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';

test('A19: 50 different events for one rule at once get 50 verdicts and 50 runs', async () => {
  await using engine = await openEngine();
  const { store } = engine.needs;
  const events = Array.from({ length: 50 }, (_, n) => engine.push({ deliveryId: `guid-${n}` }));
  const answers = await Promise.all(events.map(event => engine.admit(event)));
  const runs = answers.flatMap(answer => (answer.result === 'admitted' ? answer.runs : []));
  assert.equal(new Set(runs).size, 50);
  for (const { id } of events) {
    const [verdict, ...others] = (await store.event(id))?.verdicts ?? [];
    assert.deepEqual([verdict?.rule, verdict?.verdict, others], ['unit', 'matched', []]);
    assert.equal(verdict?.runs.length, 1);
  }
  assert.equal((await store.counts()).queued, 50);
});
