import type { Plan } from '../domain/run.ts';
import { masked } from '../domain/shown.ts';
import type { Step } from '../domain/step.ts';

/** What Tangled calls the step. */
const name = 'Clone repository into workspace';

/** The checkout as the first step of a run whose steps are told; null for other runs, and where nothing is cloned. */
export function checkoutStep({
  action,
  revision,
}: Pick<Plan, 'action' | 'revision'>): Omit<Step, 'status'> | null {
  if (action.kind !== 'workflow' || action.workflow.clone.skip || revision === null) return null;
  const { depth, submodules, tags } = action.workflow.clone;
  const options = [
    `--depth=${depth}`,
    ...(submodules ? ['--recurse-submodules=yes'] : []),
    ...(tags ? ['--tags'] : []),
  ];
  const commands = [
    'git init',
    `git remote add origin ${masked(revision.url)}`,
    `git fetch ${options.join(' ')} origin ${revision.sha ?? revision.ref}`,
    'git checkout FETCH_HEAD',
  ];
  return { id: 0, kind: 'system', name, command: commands.join('\n') };
}
