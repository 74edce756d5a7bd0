import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ExecutionContext, Executor } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Workflow, WorkflowStep } from '../../domain/pipeline.ts';
import { duration } from '../../domain/report.ts';
import type { Ending } from '../../domain/run.ts';
import type { Step } from '../../domain/step.ts';
import { parts } from '../../lib/isolation/furnish.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { within } from '../../lib/within.ts';
import { couldNotRun, endOrphans, type ProcessNeeds, runNextProcess, runProcess } from '../process.ts';
import { stepVariables } from './step-variables.ts';

export interface WorkflowNeeds extends ProcessNeeds {
  /** The machine's own share of every job's environment; a workflow may change what it says. */
  readonly environment: Readonly<Record<string, string>>;
}

/** How long the log of a stopped step may take to be told of its end; see `runProcess`. */
const lastWordsMs = 1_000;

/** Runs the steps of a workflow, each by `bash -c`, one after the other in one directory, up to the first that fails. */
export function createWorkflowExecutor(needs: WorkflowNeeds): Executor {
  return {
    kind: 'workflow',
    execute: async (action, context) => {
      if (action.kind !== 'workflow')
        throw new SignalboxError('internal', `a "${action.kind}" action is no workflow`);
      const { workflow } = action;
      return workflow.problem === null ? run(needs, workflow, context) : couldNotRun(workflow.problem);
    },
    endOrphans: attempts => endOrphans(needs, attempts),
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function run(needs: WorkflowNeeds, workflow: Workflow, context: ExecutionContext): Promise<Ending> {
  const until = performance.now() + context.timeoutMs;
  for (const notice of workflow.notices) await context.write('system', Buffer.from(`${notice}\n`));
  // Where an isolated job has it as well.
  const home = join(context.home, parts.home);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  // The checkout was the first step, where there is one.
  const first = workflow.clone.skip ? 0 : 1;
  for (const [index, step] of workflow.steps.entries()) {
    const ending = await tell(context, { step, id: first + index }, () => {
      const variables = stepVariables({ workflow, step }, context.env, needs.environment);
      const command = ['bash', '-c', step.command] as const;
      // Set behind what isolates: a variable may make any program load anything.
      const argv = variables.length === 0 ? command : (['env', '--', ...variables, ...command] as const);
      const runStep = index === 0 ? runProcess : runNextProcess;
      return runStep(
        needs,
        plainProgram([...argv]),
        {
          ...context,
          env: { ...context.env, HOME: home },
          timeoutMs: Math.max(1, until - performance.now()),
        },
        'ends',
      );
    });
    if (ending.outcome !== 'success') return inWords(ending, workflow, step, context);
  }
  return { outcome: 'success', exitCode: 0, reason: null };
}

/** Performs a step between the two lines that tell of it. */
async function tell(
  context: ExecutionContext,
  { step, id }: { readonly step: WorkflowStep; readonly id: number },
  perform: () => Promise<Ending>,
): Promise<Ending> {
  const line = (status: Step['status']): Promise<void> =>
    context.step({ id, kind: 'user', status, name: step.name, command: step.command });
  await line('start');
  const ending = await perform();
  const ended = line('end');
  const isStopped = ending.outcome === 'cancelled' || ending.outcome === 'timeout';
  // A log that nobody takes must not keep it from being stopped.
  await (isStopped ? within(lastWordsMs, ended) : ended);
  return ending;
}

/** The end of a step as that of its workflow. */
function inWords(
  ending: Ending,
  { steps }: Workflow,
  { name }: WorkflowStep,
  { timeoutMs }: ExecutionContext,
): Ending {
  switch (ending.outcome) {
    case 'timeout':
      return { ...ending, reason: `the limit is ${duration(timeoutMs)}` };
    case 'failure': {
      // With one step alone, nobody asks which it was.
      if (steps.length === 1) return ending;
      const how = ending.reason ?? `exit code ${ending.exitCode ?? 'unknown'}`;
      return { ...ending, reason: `the step ${JSON.stringify(name)} failed: ${how}` };
    }
    case 'success':
    case 'error':
    case 'cancelled':
      return ending;
  }
}
