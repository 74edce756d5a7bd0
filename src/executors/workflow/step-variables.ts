import type { Workflow, WorkflowStep } from '../../domain/pipeline.ts';

/**
 * The variables that a workflow sets for a step, as `NAME=value`. They win over those of this machine; those of the run
 * (what Tangled says, and secrets) win over the workflow's, and over them the step's. By what names the run its processes
 * are found, and each run has a HOME of its own: these stay.
 */
export function stepVariables(
  { workflow, step }: { readonly workflow: Pick<Workflow, 'env'>; readonly step: Pick<WorkflowStep, 'env'> },
  env: Readonly<Record<string, string>>,
  machine: Readonly<Record<string, string>>,
): readonly string[] {
  const isOfRun = (name: string): boolean => env[name] !== undefined && env[name] !== machine[name];
  const chosen = Object.entries(workflow.env).filter(([name]) => !isOfRun(name));
  return Object.entries({ ...Object.fromEntries(chosen), ...step.env }).flatMap(([name, value]) =>
    name === 'HOME' || name.startsWith('SIGNALBOX') ? [] : [`${name}=${value}`],
  );
}
