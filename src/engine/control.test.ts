import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine, type TestEngine } from '../../test/support/engine.ts';
import { patchEvent } from '../../test/support/events.ts';
import { eventId, type RunId } from '../domain/id.ts';
import type { Rule } from '../domain/rule.ts';
import { approveRun, cancelRun, rerunRun } from './control.ts';
import { replay } from './replay.ts';

const rule = (changes: Partial<Rule> = {}) =>
  commandRule('patches', { when: { kind: 'type', oneOf: ['patch'] }, ...changes });

async function strangersPatch(engine: TestEngine) {
  engine.rules = [rule()];
  const event = patchEvent({ fromFork: true }, { id: eventId(engine.needs.clock.unique()) });
  const answer = await engine.admit(event);
  const [run] = answer.result === 'admitted' ? answer.runs : [];
  assert.ok(run);
  return { event, run };
}
const stateOf = async ({ needs }: TestEngine, run: RunId) => (await needs.store.run(run))?.run.status.state;

test('a run that nobody approved is blocked again when it is run again', async () => {
  await using engine = await openEngine();
  const { run } = await strangersPatch(engine);
  const { status } = (await engine.needs.store.run(run))?.run ?? assert.fail();
  await cancelRun(engine.needs, run, 'me');
  const again = await rerunRun(engine.needs, run);
  assert.deepEqual(again.status, status);
  // Nor by doing it twice.
  await cancelRun(engine.needs, again.id, 'me');
  const third = await rerunRun(engine.needs, again.id);
  assert.equal(await stateOf(engine, third.id), 'blocked');
  assert.equal((await engine.needs.agent.claim('box', third.id, 'c')).result, 'refused');
  const approved = await approveRun(engine.needs, third.id, 'me');
  assert.equal(approved.status.state, 'queued');
});

test('a rule that is gone allows nothing', async () => {
  await using engine = await openEngine();
  const { run } = await strangersPatch(engine);
  await cancelRun(engine.needs, run, 'me');
  engine.rules = [];
  assert.equal((await rerunRun(engine.needs, run)).status.state, 'blocked');
});

test('a run that its rule would not block any more starts when it is run again', async () => {
  await using engine = await openEngine();
  const { run } = await strangersPatch(engine);
  await cancelRun(engine.needs, run, 'me');
  engine.rules = [rule({ trust: 'anyone' })];
  const { id, status } = await rerunRun(engine.needs, run);
  assert.deepEqual(status, { state: 'queued', reason: `repeats ${run}` });
  assert.equal((await engine.needs.agent.claim('box', id, 'c')).result, 'granted');
});

test('a run that was approved can be run again without asking: it is the same commit', async () => {
  await using engine = await openEngine();
  const { run } = await strangersPatch(engine);
  await approveRun(engine.needs, run, 'me');
  await cancelRun(engine.needs, run, 'me');
  assert.equal((await rerunRun(engine.needs, run)).status.state, 'queued');
});

test('what another program ran is not run again, but its event can be replayed', async () => {
  await using engine = await openEngine();
  const action = { kind: 'elsewhere', program: 'radicle-ci-broker' } as const;
  engine.rules = [
    commandRule('former', { when: { kind: 'type', oneOf: ['patch'] }, action, trust: 'anyone' }),
  ];
  const answer = await engine.admit(patchEvent({}, { id: eventId(engine.needs.clock.unique()) }));
  const [run] = answer.result === 'admitted' ? answer.runs : [];
  assert.ok(run);
  await cancelRun(engine.needs, run, 'me');
  await assert.rejects(rerunRun(engine.needs, run), {
    code: 'conflict',
    message: /ran in radicle-ci-broker, .*"signalbox events replay evt_\w+" runs what the rules of today say/,
  });
});

test('a replay trusts a stranger’s patch as little as the patch itself was trusted', async () => {
  await using engine = await openEngine();
  const { event, run } = await strangersPatch(engine);
  await approveRun(engine.needs, run, 'me');
  const answer = await replay(engine.needs, event.id);
  assert.ok(answer.result === 'admitted' && answer.runs[0]);
  assert.equal(answer.verdicts[0]?.verdict, 'blocked');
  assert.equal(await stateOf(engine, answer.runs[0]), 'blocked');
});
