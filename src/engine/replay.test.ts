import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { startByHand } from './replay.ts';

const sha = 'a'.repeat(40);

for (const [wish, ref, branch] of [
  ['main', 'refs/heads/main', 'main'],
  ['feature/x', 'refs/heads/feature/x', 'feature/x'],
  ['refs/heads/main', 'refs/heads/main', 'main'],
  ['refs/tags/v1', 'refs/tags/v1', null],
  ['refs/pull/7/head', 'refs/pull/7/head', null],
  ['HEAD', 'HEAD', null],
  [sha, sha, null],
  [null, 'HEAD', null],
] as const)
  test(`a run by hand on ${wish} has the ref ${ref}, in the event and in the run`, async () => {
    await using engine = await openEngine();
    const repo = 'https://git.example.org/acme/app.git';
    const answer = await startByHand(engine.needs, { rule: 'unit', repo, ref: wish, by: 'me' });
    assert.ok(answer.result === 'admitted' && answer.runs[0]);
    const event = await engine.needs.store.bareEvent(answer.event);
    assert.deepEqual([event?.ref, event?.branch], [ref, branch]);
    const found = await engine.needs.store.run(answer.runs[0]);
    assert.deepEqual(found?.run.plan.revision, { url: repo, ref, sha: null, clone: null });
  });

for (const ref of ['a b', '-x..y', 'main~1', 'refs/', ''])
  test(`a run by hand on "${ref}", which can name nothing, is refused`, async () => {
    await using engine = await openEngine();
    const repo = 'https://git.example.org/acme/app.git';
    await assert.rejects(startByHand(engine.needs, { rule: 'unit', repo, ref, by: 'me' }), {
      code: 'invalid',
    });
  });
