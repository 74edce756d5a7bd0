import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commandRule } from '../../test/support/doors/open-house.ts';
import { openEngine, type TestEngine } from '../../test/support/engine.ts';
import { pipelineEvent, workflow } from '../../test/support/pipelines.ts';
import type { Event } from '../domain/event.ts';
import { eventId } from '../domain/id.ts';
import type { PipelineFacts } from '../domain/pipeline.ts';
import { reports } from '../domain/report.ts';
import type { Rule } from '../domain/rule.ts';
import type { Run } from '../domain/run.ts';
import { tangledRule } from '../sources/tangled/rule.ts';
import { cancelRun, rerunRun } from './control.ts';
import { dryRun, replay, startByHand } from './replay.ts';

const rule: Rule = tangledRule({ timeoutMs: 60_000, concurrency: null });
const two = [workflow({ name: 'ci.yml' }), workflow({ name: 'lint.yml' })];

/** An engine with the rule alone, and an event that it has taken. */
async function answered(
  facts: Partial<PipelineFacts>,
  changes: { readonly rule?: Partial<Rule>; readonly event?: Partial<Event> } = {},
) {
  const engine = await openEngine();
  engine.rules = [{ ...rule, ...changes.rule }];
  const event = pipelineEvent(facts, { id: eventId(engine.needs.clock.unique()), ...changes.event });
  const answer = await engine.admit(event);
  assert.equal(answer.result, 'admitted');
  return { engine, event, verdict: answer.verdicts[0], runs: await runsOf(engine, answer.runs) };
}

const runsOf = (engine: TestEngine, ids: readonly Run['id'][]): Promise<readonly Run[]> =>
  Promise.all(ids.map(async id => (await engine.needs.store.run(id))?.run ?? assert.fail()));

test('each workflow that answers is a run of its own', async () => {
  const { engine, verdict, runs } = await answered({ workflows: two });
  await using _engine = engine;
  assert.deepEqual(
    [verdict?.verdict, verdict?.reason],
    ['matched', '2 of 2 workflows answer: ci.yml, lint.yml'],
  );
  const pipeline = { knot: 'knot.example', rkey: '3mrz7j62e5v2l' };
  assert.deepEqual(
    runs.map(({ rule, plan, status }) => [rule, plan.workflow, plan.action, plan.pool, status.state]),
    two.map(workflow => [
      'tangled',
      { ...pipeline, name: workflow.name },
      { kind: 'workflow', workflow },
      'local',
      'queued',
    ]),
  );
  const [run] = runs;
  assert.deepEqual(run?.plan.revision, {
    url: 'https://knot.example/did:plc:repo',
    ref: 'refs/heads/main',
    sha: 'b'.repeat(40),
    clone: two[0]?.clone,
  });
  assert.equal(run.plan.env['TANGLED_REF_NAME'], 'main');
});

test('the verdict tells of each workflow why it does or does not run', async () => {
  const not = {
    holds: false,
    text: 'lint.yml: branch "main" is none of x',
    seen: null,
    error: false,
    parts: [],
  };
  const yes = { ...not, holds: true, text: 'ci.yml: it has no "when", so it always answers' };
  const { engine, verdict } = await answered({ workflows: [workflow()], diagnostics: [yes, not] });
  await using _engine = engine;
  const { text, parts } = verdict?.explanation ?? assert.fail();
  assert.equal(text, '1 of 2 workflows answers: ci.yml');
  assert.deepEqual(parts, [yes, not]);
});

test('a pipeline of which nothing answers does not match; one that cannot be read is an error', async () => {
  const not = { holds: false, text: 'a: no', seen: null, error: false, parts: [] };
  for (const [error, verdict] of [
    [false, 'not matched'],
    [true, 'error'],
  ] as const) {
    const asked = await answered({ workflows: [], diagnostics: [not, { ...not, text: 'b: no', error }] });
    await using _engine = asked.engine;
    assert.deepEqual(asked.runs, []);
    assert.equal(asked.verdict?.verdict, verdict);
    assert.equal(asked.verdict.reason, error ? 'b: no' : 'none of 2 workflows answers');
  }
});

test('a workflow that cannot be run has ended before it began, and says why, also when it is run again', async () => {
  const broken = workflow({ name: 'broken.yml', problem: 'unknown engine "x"' });
  const { engine, runs } = await answered({ workflows: [broken, workflow()] });
  await using _engine = engine;
  const [first, second] = runs;
  assert.ok(first?.status.state === 'finished');
  assert.deepEqual([first.status.outcome, first.status.reason], ['error', 'unknown engine "x"']);
  assert.equal(second?.status.state, 'queued');
  const again = await rerunRun(engine.needs, first.id);
  assert.ok(again.status.state === 'finished');
  assert.equal(again.status.reason, 'unknown engine "x"');
  assert.deepEqual(again.plan.workflow, first.plan.workflow);
  // Nobody is sent for it.
  const tickets = await engine.needs.store.takeOutbox('ticket', engine.needs.clock.now(), 10, 0);
  assert.deepEqual(
    tickets.map(entry => (entry.kind === 'ticket' ? entry.ticket.run : null)),
    [second.id],
  );
});

test('a workflow that names another CI service is its run, and holds none of the slots here', async () => {
  const provider = { name: 'buildkite', settings: { pipeline: 'web' } };
  const { engine, runs } = await answered({ workflows: [workflow({ provider })] });
  await using _engine = engine;
  const [run] = runs;
  assert.deepEqual(run?.plan.action, {
    kind: 'provider',
    call: { provider: 'buildkite', settings: { pipeline: 'web' } },
  });
  assert.equal(run.plan.pool, 'providers');
  assert.equal(run.plan.workflow?.name, 'ci.yml');
});

test('code of a fork gets no secrets and is kept apart; the repository’s own is not', async () => {
  for (const sourceRepo of [null, 'did:plc:fork']) {
    const { engine, runs } = await answered({ sourceRepo }, { rule: { secrets: ['TOKEN'] } });
    await using _engine = engine;
    const [run] = runs;
    const own = sourceRepo === null;
    const all = ['TOKEN', 'tangled/did:plc:repo/*'];
    assert.deepEqual(run?.plan.secrets, own ? all : []);
    assert.deepEqual(run.plan.withheld, own ? [] : all);
    assert.equal(run.plan.isolation, own ? 'none' : 'namespace');
    assert.equal(run.status.state, 'queued');
  }
});

test('a run of a workflow is given the secrets of its repository, and no other run is', async () => {
  const repoSecrets = { 'did:plc:repo': { NPM_TOKEN: 'of the repository' } };
  await using engine = await openEngine({ repoSecrets });
  const native: Rule = { ...commandRule('native'), when: { kind: 'type', oneOf: ['pipeline'] } };
  const provider = { name: 'buildkite', settings: null };
  engine.rules = [rule, native];
  const claimed = async (facts: Partial<PipelineFacts>) => {
    const event = pipelineEvent(facts, { id: eventId(engine.needs.clock.unique()) });
    const answer = await engine.admit(event);
    assert.ok(answer.result === 'admitted');
    const claims = answer.runs.map(run => engine.needs.agent.claim('local', run, run));
    return (await Promise.all(claims)).map(claim => (claim.result === 'granted' ? claim.secrets : claim));
  };
  assert.deepEqual(await claimed({}), [{ NPM_TOKEN: 'of the repository' }, {}]);
  assert.deepEqual(await claimed({ rkey: 'fork', sourceRepo: 'did:plc:fork' }), [{}, {}]);
  assert.deepEqual(await claimed({ rkey: 'there', workflows: [workflow({ provider })] }), [{}, {}]);
});

test('what a fork proposes is cloned from there', async () => {
  const fork = { sourceRepo: 'did:plc:fork', sourceUrl: 'https://knot.example/did:plc:fork' };
  const { engine, runs } = await answered(fork);
  await using _engine = engine;
  assert.equal(runs[0]?.plan.revision?.url, fork.sourceUrl);
  assert.equal(runs[0].plan.repo?.url, 'https://knot.example/did:plc:repo');
});

test('a rule that wants approvals gets one for each workflow', async () => {
  const { engine, runs } = await answered({ workflows: two }, { rule: { trust: 'approval' } });
  await using _engine = engine;
  assert.deepEqual(
    runs.map(({ status }) => status.state),
    ['blocked', 'blocked'],
  );
});

test('reports on two workflows of one commit are about different things', async () => {
  const { engine, runs } = await answered({ workflows: two }, { rule: { report: ['github'] } });
  await using _engine = engine;
  const told = runs.flatMap(reports);
  assert.deepEqual(
    told.map(({ rule }) => rule),
    ['tangled/ci.yml', 'tangled/lint.yml'],
  );
  assert.equal(new Set(told.map(({ subject }) => subject)).size, 2);
});

test('a group may be that of a workflow, so that one does not take the place of another', async () => {
  const concurrency = { group: '{repo}/{branch}/{workflow}', limit: 1, busy: 'cancel-older' } as const;
  const { engine, runs } = await answered({ workflows: two }, { rule: { concurrency } });
  await using _engine = engine;
  assert.deepEqual(
    runs.map(({ plan }) => plan.concurrency?.group),
    ['pat.example/harbour/main/ci.yml', 'pat.example/harbour/main/lint.yml'],
  );
  const next = pipelineEvent({ workflows: two }, { id: eventId(engine.needs.clock.unique()) });
  const answer = await engine.admit(next);
  assert.ok(answer.result === 'admitted');
  const states = await runsOf(engine, [...runs.map(({ id }) => id), ...answer.runs]);
  assert.deepEqual(
    states.map(({ status }) => (status.state === 'finished' ? status.outcome : status.state)),
    ['superseded', 'superseded', 'queued', 'queued'],
  );
});

test('replayed, tried, cancelled and run again: always the workflows of that pipeline', async () => {
  const { engine, event, runs } = await answered({ workflows: two });
  await using _engine = engine;
  const again = await replay(engine.needs, event.id);
  assert.ok(again.result === 'admitted');
  const names = (await runsOf(engine, again.runs)).map(({ plan }) => plan.workflow?.name);
  assert.deepEqual(names, ['ci.yml', 'lint.yml']);
  const [tried] = await dryRun(engine.needs, event.id, engine.rules);
  assert.equal(tried?.verdict, 'matched');
  const [first] = runs;
  assert.ok(first);
  await cancelRun(engine.needs, first.id, 'me');
  const repeated = await rerunRun(engine.needs, first.id);
  assert.deepEqual(repeated.plan, first.plan);
  const others = (
    await runsOf(
      engine,
      runs.map(({ id }) => id),
    )
  ).map(({ status }) => status.state);
  assert.deepEqual(others, ['finished', 'queued']);
});

test('the rule is asked about pipelines alone, and is not started by its name', async () => {
  await using engine = await openEngine();
  engine.rules = [rule];
  const push = await engine.admit(engine.push());
  assert.deepEqual(push.result === 'admitted' && push.verdicts, []);
  const byHand = await startByHand(engine.needs, { rule: 'tangled', repo: null, ref: null, by: 'me' });
  assert.ok(byHand.result === 'admitted');
  assert.deepEqual(
    byHand.verdicts.map(({ verdict, reason }) => [verdict, reason]),
    [['not matched', 'the event is no pipeline']],
  );
});

test('other rules may answer to a pipeline as to any event', async () => {
  await using engine = await openEngine();
  const [unit] = engine.rules;
  assert.ok(unit);
  engine.rules = [rule, { ...unit, when: { kind: 'type', oneOf: ['pipeline'] } }];
  const event = pipelineEvent({ workflows: two }, { id: eventId(engine.needs.clock.unique()) });
  const answer = await engine.admit(event);
  assert.ok(answer.result === 'admitted');
  const runs = await runsOf(engine, answer.runs);
  assert.deepEqual(
    runs.map(run => [run.rule, run.plan.workflow?.name ?? null]),
    [
      ['tangled', 'ci.yml'],
      ['tangled', 'lint.yml'],
      ['unit', null],
    ],
  );
});
