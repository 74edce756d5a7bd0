import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventId, type RunId } from '../src/domain/id.ts';
import type { PipelineFacts, Workflow } from '../src/domain/pipeline.ts';
import type { Rule } from '../src/domain/rule.ts';
import { readStepLine } from '../src/domain/step.ts';
import { cancelRun } from '../src/engine/control.ts';
import { tangledRule } from '../src/sources/tangled/rule.ts';
import { openEngine, type TestEngine } from './support/engine.ts';
import { createRepository } from './support/git-repository.ts';
import { pipelineEvent, workflow } from './support/pipelines.ts';
import { until } from './support/server.ts';

/** A workflow's life from its event to its log, with real git, processes and store. */
async function openWorld(
  changes: { readonly rule?: Partial<Rule>; readonly secrets?: Record<string, string> } = {},
) {
  await using stack = new AsyncDisposableStack();
  const repository = stack.use(await createRepository({ 'hello.txt': 'hello\n' }));
  const engine = stack.use(await openEngine({ secrets: changes.secrets ?? {} }));
  engine.rules = [{ ...tangledRule({ timeoutMs: 60_000, concurrency: null }), ...changes.rule }];
  await engine.startAgent();
  const open = stack.move();
  return {
    engine,
    repository,
    async start(changes: Partial<Workflow>, facts: Partial<PipelineFacts> = {}): Promise<RunId> {
      const repo = { forge: 'tangled', name: 'pat/harbour', url: repository.url, defaultBranch: 'main' };
      const event = pipelineEvent(
        { workflows: [workflow(changes)], ...facts },
        { id: eventId(engine.needs.clock.unique()), repo, after: repository.sha },
      );
      const answer = await engine.admit(event);
      const [run] = answer.result === 'admitted' ? answer.runs : [];
      return run ?? assert.fail('nothing was started');
    },
    /** The lines of a run, those of steps in short: `1 start`. */
    async log(run: RunId): Promise<readonly string[]> {
      return (await linesOf(engine, run)).map(({ stream, text }) => {
        const step = stream === 'system' ? readStepLine(text) : null;
        return step === null ? `${stream} ${text}` : `${step.id} ${step.status}`;
      });
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}
const linesOf = (engine: TestEngine, run: RunId) => engine.needs.store.log(run, 0, 1_000);

const step = (name: string, command: string) => ({ name, command, env: {} });

test('a workflow is cloned, its steps run, and its log tells each with its beginning and end', async () => {
  await using world = await openWorld();
  const run = await world.start({
    env: { GREETING: 'moin' },
    notices: ['services are not started'],
    steps: [
      step('read', 'cat hello.txt; printf "no line end"'),
      step('see', 'echo "$GREETING $TANGLED_REF_NAME $CI"; git log --oneline | wc -l'),
    ],
  });
  assert.equal((await world.engine.ended(run)).outcome, 'success');
  const { url, sha } = world.repository;
  assert.deepEqual(await world.log(run), [
    'system attempt 1 on local',
    '0 start',
    `system fetching ${sha} of ${url}`,
    `system checked out ${sha}`,
    '0 end',
    'system services are not started',
    '1 start',
    'system not isolated: it may do what signalbox itself may',
    'stdout hello',
    'stdout no line end',
    '1 end',
    '2 start',
    'stdout moin main true',
    'stdout 1',
    '2 end',
  ]);
  const lines = await linesOf(world.engine, run);
  const [clone, , read] = lines.flatMap(({ text }) => readStepLine(text) ?? []);
  assert.deepEqual(clone, {
    id: 0,
    kind: 'system',
    status: 'start',
    name: 'Clone repository into workspace',
    command: `git init\ngit remote add origin ${url}\ngit fetch --depth=1 origin ${sha}\ngit checkout FETCH_HEAD`,
  });
  assert.deepEqual(read, {
    id: 1,
    kind: 'user',
    status: 'start',
    name: 'read',
    command: 'cat hello.txt; printf "no line end"',
  });
});

test('a workflow that clones nothing starts with its first step in an empty directory', async () => {
  await using world = await openWorld();
  const run = await world.start({
    clone: { skip: true, depth: 1, submodules: false, tags: false },
    steps: [step('look', 'ls -A')],
  });
  assert.equal((await world.engine.ended(run)).outcome, 'success');
  assert.deepEqual(
    (await world.log(run)).filter(line => !line.startsWith('system')),
    ['0 start', '0 end'],
  );
});

test('a clone that fails is told as the step that it is', async () => {
  await using world = await openWorld();
  await world.repository.git('update-ref', '-d', 'refs/heads/main');
  await world.repository.git('gc', '--prune=now', '--quiet');
  const gone = await world.start({});
  const { outcome, reason } = await world.engine.ended(gone);
  assert.equal(outcome, 'error');
  const log = await world.log(gone);
  assert.deepEqual(log.slice(-2), ['0 end', `system ${reason}`]);
});

describe('whatever ends the second step', () => {
  const steps = [step('one', 'true'), step('two', 'echo ready; sleep 600'), step('three', 'echo never')];
  const ends = ['0 start', '0 end', '1 start', '1 end', '2 start', '2 end'];
  const ofSteps = (log: readonly string[]) => log.filter(line => /^\d+ /.test(line));

  test('a failure: every beginning has its end, and the exit code is the step’s', async () => {
    await using world = await openWorld();
    const run = await world.start({
      steps: [step('one', 'true'), step('two', 'exit 42'), step('three', 'true')],
    });
    const { outcome, exitCode, reason } = await world.engine.ended(run);
    assert.deepEqual([outcome, exitCode, reason], ['failure', 42, 'the step "two" failed: exit code 42']);
    assert.deepEqual(ofSteps(await world.log(run)), ends);
  });

  test('the time that is over: every beginning has its end', async () => {
    await using world = await openWorld({ rule: { timeoutMs: 5_000 } });
    const run = await world.start({ steps });
    assert.equal((await world.engine.ended(run)).outcome, 'timeout');
    assert.deepEqual(ofSteps(await world.log(run)), ends);
  });

  test('a cancel: every beginning has its end', async () => {
    await using world = await openWorld();
    const run = await world.start({ steps });
    await until(async () => ((await world.log(run)).includes('stdout ready') ? true : undefined), 'step two');
    await cancelRun(world.engine.needs, run, 'me');
    assert.equal((await world.engine.ended(run)).outcome, 'cancelled');
    assert.deepEqual(ofSteps(await world.log(run)), ends);
  });
});

describe('secrets', () => {
  const TOKEN = 'correct-horse-battery';
  const spill = [
    step(
      `name ${TOKEN}`,
      'echo $TOKEN; printf $TOKEN | base64; printf $TOKEN | base64 | tr -d =; printf %s $TOKEN',
    ),
    step('again', 'echo; echo "${TOKEN:-none}"'),
  ];

  test('are stars in the log, as they are and in base64 with and without its padding, in steps’ names, too', async () => {
    await using world = await openWorld({ rule: { secrets: ['TOKEN'] }, secrets: { TOKEN } });
    const run = await world.start({ steps: spill });
    assert.equal((await world.engine.ended(run)).outcome, 'success');
    const lines = await linesOf(world.engine, run);
    const printed = lines.filter(({ stream }) => stream === 'stdout').map(({ text }) => text);
    assert.deepEqual(printed, ['***', '***', '***', '***', '', '***']);
    assert.ok(lines.some(({ text }) => readStepLine(text)?.name === 'name ***'));
    assert.ok(!lines.some(({ text }) => text.includes(TOKEN) || text.includes(btoa(TOKEN).slice(0, 20))));
  });

  test('are not given to the code of a fork', async () => {
    await using world = await openWorld({
      // Where a machine cannot isolate, this is told all the same.
      rule: { secrets: ['TOKEN'], isolation: 'none' },
      secrets: { TOKEN },
    });
    const run = await world.start({ steps: spill.slice(1) }, { sourceRepo: 'did:plc:stranger' });
    assert.equal((await world.engine.ended(run)).outcome, 'success');
    const log = await world.log(run);
    assert.ok(log.includes('stdout none'));
    assert.ok(log.some(line => line.startsWith('system without its secrets (TOKEN, tangled/')));
  });
});
