import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandsWith, plainIsolation, shells } from '../../../test/support/command-executor.ts';
import { pipelineEvent, workflow } from '../../../test/support/pipelines.ts';
import { type ExecutorHarness, executorSuite, type Patience } from '../../contracts/executor.suite.ts';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { runId } from '../../domain/id.ts';
import type { Workflow } from '../../domain/pipeline.ts';
import type { Step } from '../../domain/step.ts';
import { createProcessTree } from '../../lib/process-tree.ts';
import { createWorkflowExecutor } from './executor.ts';

const machine = { PATH: '/usr/local/bin:/usr/bin:/bin', LANG: 'C', HOME: '/home/server' };

async function create(patience: Patience) {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
  const launcher = shells(directory);
  const processes = createProcessTree();
  const needs = { launcher, isolation: plainIsolation, processes, environment: machine };
  const executor = createWorkflowExecutor({ ...needs, ...patience });
  return {
    executor,
    async [Symbol.asyncDispose]() {
      await executor[Symbol.asyncDispose]();
      await launcher[Symbol.asyncDispose]();
      assert.deepEqual(await readdir(directory), []);
      await rm(directory, { recursive: true });
    },
  };
}

const suite: Omit<ExecutorHarness, 'isolation'> = {
  create,
  // Bash goes on after a command that fails, unless it is told to stop; sh is what the suite's lines are for.
  shell: line => ({
    kind: 'workflow',
    workflow: workflow({ steps: [{ name: 'a step', command: `set -e; ${line}`, env: {} }] }),
  }),
  program: null,
  hasPipes: true,
  setsEveryVariable: true,
};
executorSuite('workflow', { ...suite, isolation: 'none' });
const isolates = (await plainIsolation.tried).result === 'usable';
if (isolates) executorSuite('workflow, isolated', { ...suite, isolation: 'namespace' });

let runs = 0;

/** An executor and a directory for one run; what came of it stands in order in `told`. */
async function open() {
  const made = await create({ graceMs: 2_000, drainMs: 100 });
  const home = await mkdtemp(join(tmpdir(), 'signalbox-workflow-'));
  const directory = join(home, 'work');
  await mkdir(directory);
  const told: string[] = [];
  const steps: Step[] = [];
  runs += 1;
  const run = runId(`workflow${runs}`.padStart(26, '0'));
  return {
    home,
    told,
    steps,
    run: (changes: Partial<Workflow>, context: Partial<ExecutionContext> = {}) =>
      made.executor.execute(
        { kind: 'workflow', workflow: workflow(changes) },
        {
          run,
          attempt: 1,
          event: pipelineEvent(),
          directory,
          home,
          isolation: 'none',
          trigger: null,
          timeoutMs: 60_000,
          signal: new AbortController().signal,
          write: async (stream, bytes) => {
            for (const line of String(Buffer.from(bytes)).trimEnd().split('\n'))
              told.push(`${stream} ${line}`);
          },
          step: async step => {
            steps.push(step);
            told.push(`step ${step.id} ${step.status}`);
          },
          tellCounterpart: () => Promise.resolve(),
          ...context,
          env: { ...machine, SIGNALBOX_RUN_ID: run, SIGNALBOX_ATTEMPT: '1', ...context.env },
        },
      ),
    async [Symbol.asyncDispose]() {
      await made[Symbol.asyncDispose]();
      await rm(home, { recursive: true });
    },
  };
}

const step = (command: string, env: Record<string, string> = {}) => ({
  name: command.slice(0, 20),
  command,
  env,
});
const trusted = 'system not isolated: it may do what signalbox itself may';

describe('the steps of a workflow', () => {
  test('run one after the other in one directory, each told with its beginning and its end', async () => {
    await using job = await open();
    const ending = await job.run({
      steps: [step('echo one > file; echo first'), step('cat file; echo second >&2'), step('test -e file')],
    });
    assert.deepEqual(ending, { outcome: 'success', exitCode: 0, reason: null });
    assert.deepEqual(job.told, [
      'step 1 start',
      trusted,
      'stdout first',
      'step 1 end',
      'step 2 start',
      'stdout one',
      'stderr second',
      'step 2 end',
      'step 3 start',
      'step 3 end',
    ]);
    assert.deepEqual(job.steps[0], {
      id: 1,
      kind: 'user',
      status: 'start',
      name: 'echo one > file; ech',
      command: 'echo one > file; echo first',
    });
  });

  test('end at the first that fails, with its exit code; it is named where there are others', async () => {
    await using job = await open();
    const steps = [step('true'), step('exit 3'), step('touch never')];
    assert.deepEqual(await job.run({ steps }), {
      outcome: 'failure',
      exitCode: 3,
      reason: 'the step "exit 3" failed: exit code 3',
    });
    assert.deepEqual(job.told.slice(-2), ['step 2 start', 'step 2 end']);
    assert.ok(!existsSync(join(job.home, 'work', 'never')));
    const alone = await job.run({ steps: [step('kill -9 $$')] });
    assert.deepEqual(alone, { outcome: 'failure', exitCode: 137, reason: 'killed by SIGKILL' });
  });

  test('are for bash, which goes on after a command that fails', async () => {
    await using job = await open();
    const { outcome } = await job.run({ steps: [step('a=(x y); false; [[ ${a[1]} == y ]]')] });
    assert.equal(outcome, 'success');
  });

  test('are counted from the checkout on, where there is one', async () => {
    await using job = await open();
    const clone = { skip: true, depth: 1, submodules: false, tags: false };
    await job.run({ clone, steps: [step('true')] });
    assert.deepEqual(job.told, ['step 0 start', trusted, 'step 0 end']);
  });

  test('may be none at all', async () => {
    await using job = await open();
    assert.equal((await job.run({ steps: [] })).outcome, 'success');
    assert.deepEqual(job.told, []);
  });

  test('end with what they left in the background', async () => {
    await using job = await open();
    const sleep = `sleep 600.${process.pid}77`;
    await job.run({ steps: [step(`${sleep} & echo started`), step('true')] });
    assert.deepEqual(await commandsWith(sleep), []);
    assert.match(job.told.join('\n'), /system ended sleep \(\d+\).*\nstep 1 end\nstep 2 start/);
  });
});

test('what a workflow asks for and does not get is told first', async () => {
  await using job = await open();
  await job.run({ notices: ['services are not started', 'there is no image'] });
  assert.deepEqual(job.told.slice(0, 3), [
    'system services are not started',
    'system there is no image',
    'step 1 start',
  ]);
});

test('a workflow with a problem is not begun', async () => {
  await using job = await open();
  assert.deepEqual(await job.run({ problem: 'unknown engine "x"' }), {
    outcome: 'error',
    exitCode: null,
    reason: 'unknown engine "x"',
  });
  assert.deepEqual(job.told, []);
});

test('a step that is cancelled ends its workflow; its end is told', async () => {
  await using job = await open();
  const stop = new AbortController();
  const sleep = `sleep 600.${process.pid}78`;
  const running = job.run(
    { steps: [step('true'), step(`echo ready; ${sleep}`), step('touch never')] },
    {
      signal: stop.signal,
      write: async (stream, bytes) => {
        if (stream === 'stdout' && String(Buffer.from(bytes)).includes('ready')) stop.abort();
      },
    },
  );
  assert.equal((await running).outcome, 'cancelled');
  assert.deepEqual(job.told, ['step 1 start', 'step 1 end', 'step 2 start', 'step 2 end']);
  assert.deepEqual(await commandsWith(sleep), []);
  assert.ok(!existsSync(join(job.home, 'work', 'never')));
});

test('all steps share the time of the workflow; the end of the one that had no more is told', async () => {
  await using job = await open();
  const sleep = `sleep 600.${process.pid}79`;
  const steps = [step('sleep 0.2'), step(sleep), step('touch never')];
  const { outcome } = await job.run({ steps }, { timeoutMs: 600 });
  assert.equal(outcome, 'timeout');
  assert.deepEqual(job.told.slice(-2), ['step 2 start', 'step 2 end']);
  assert.deepEqual(await commandsWith(sleep), []);
  assert.ok(!existsSync(join(job.home, 'work', 'never')));
});

describe('the environment of a step', () => {
  /** What a step sees of some variables, the workflow and the step having set them as given. */
  async function seen(
    set: {
      readonly workflow?: Record<string, string>;
      readonly run?: Record<string, string>;
      readonly step?: Record<string, string>;
    },
    ...names: readonly string[]
  ) {
    await using job = await open();
    const show = names.map(name => `printf '%s\\n' "\${${name}-(unset)}"`).join(';');
    const ending = await job.run(
      { env: set.workflow ?? {}, steps: [step(show, set.step ?? {})] },
      { env: set.run ?? {} },
    );
    assert.equal(ending.outcome, 'success', job.told.join('\n'));
    return {
      job: job.home,
      lines: job.told.filter(line => line.startsWith('stdout ')).map(line => line.slice('stdout '.length)),
    };
  }

  // Later ones win: this machine, the workflow, the run (what Tangled says, then secrets), the step.
  const precedence: readonly (readonly [
    what: string,
    set: Parameters<typeof seen>[0],
    name: string,
    value: string,
  ])[] = [
    ['this machine’s', {}, 'LANG', 'C'],
    ['the workflow’s', { workflow: { A: 'workflow' } }, 'A', 'workflow'],
    ['the workflow’s over this machine’s', { workflow: { LANG: 'de_DE.UTF-8' } }, 'LANG', 'de_DE.UTF-8'],
    [
      'the run’s over the workflow’s',
      { workflow: { TANGLED_SHA: 'workflow' }, run: { TANGLED_SHA: 'run' } },
      'TANGLED_SHA',
      'run',
    ],
    ['the run’s over the workflow’s, CI', { workflow: { CI: 'no' }, run: { CI: 'true' } }, 'CI', 'true'],
    [
      'a secret over the workflow’s',
      { workflow: { TOKEN: 'workflow' }, run: { TOKEN: 'secret' } },
      'TOKEN',
      'secret',
    ],
    ['the step’s over a secret', { run: { TOKEN: 'secret' }, step: { TOKEN: 'step' } }, 'TOKEN', 'step'],
    [
      'the step’s over the run’s',
      { run: { TANGLED_SHA: 'run' }, step: { TANGLED_SHA: 'step' } },
      'TANGLED_SHA',
      'step',
    ],
    ['the step’s over the workflow’s', { workflow: { A: 'workflow' }, step: { A: 'step' } }, 'A', 'step'],
    ['an empty one', { workflow: { A: '' } }, 'A', ''],
    ['one with everything in it', { step: { A: `a b'"$(id)\\é` } }, 'A', `a b'"$(id)\\é`],
  ];
  for (const [what, set, name, value] of precedence)
    test(`has ${what}`, async () => {
      assert.deepEqual((await seen(set, name)).lines, [value]);
    });

  test('has a HOME of the run’s own, whoever says otherwise', async () => {
    const set = { workflow: { HOME: '/tmp' }, step: { HOME: '/var' } };
    const { job, lines } = await seen(set, 'HOME');
    assert.deepEqual(lines, [join(job, 'home')]);
  });

  test('always has by what its processes are found', async () => {
    const set = { SIGNALBOX_RUN_ID: 'x', SIGNALBOX_ATTEMPT: 'x' };
    const { lines } = await seen({ workflow: set, step: set }, 'SIGNALBOX_RUN_ID', 'SIGNALBOX_ATTEMPT');
    assert.match(lines.join(), /^run_[0-9a-z]{26},1$/);
  });

  test('may have names that no shell could set, and such that look like options', async () => {
    await using job = await open();
    const env = { '-u': 'a', 'x.y': 'b', '--help': 'c', UID: 'd' };
    await job.run({ env, steps: [step("cat /proc/$$/environ | tr '\\0' '\\n'")] });
    for (const [name, value] of Object.entries(env))
      assert.ok(job.told.includes(`stdout ${name}=${value}`), name);
  });

  test('is not seen by what isolates: a stranger’s workflow makes no other program load its code', {
    skip: !isolates && 'this machine cannot isolate',
  }, async () => {
    await using job = await open();
    // Who loads a library that is none complains of it.
    const env = { LD_PRELOAD: '/no/such/library.so' };
    const ending = await job.run({ env, steps: [step('true')] }, { isolation: 'namespace' });
    assert.equal(ending.outcome, 'success', job.told.join('\n'));
    const complaints = job.told.filter(line => line.includes('cannot be preloaded'));
    // By env's successor, bash, alone.
    assert.equal(complaints.length, 1, complaints.join('\n'));
  });
});
