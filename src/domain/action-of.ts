import { SignalboxError } from './errors.ts';
import type { Event } from './event.ts';
import type { Workflow } from './pipeline.ts';
import type { Action, Rule } from './rule.ts';

/** What a rule makes a run of for an event: each workflow, where it leaves that to them; else null, its own action. */
export function workflowsFor({ action }: Rule, { pipeline }: Event): readonly (Workflow | null)[] {
  return action.kind === 'workflows' ? (pipeline?.workflows ?? []) : [null];
}

/** What a run does: what its rule says, or what the event calls for where the rule leaves it to that. */
export function actionOf({ name, action }: Rule, { call }: Event, workflow: Workflow | null): Action {
  switch (action.kind) {
    case 'called':
      if (call === null || call.action === null)
        throw new SignalboxError('internal', `rule "${name}" matched a call of nothing`);
      return call.action;
    case 'workflows':
      if (workflow === null)
        throw new SignalboxError('internal', `rule "${name}" makes runs of workflows alone`);
      return workflow.provider === null || workflow.problem !== null
        ? { kind: 'workflow', workflow }
        : {
            kind: 'provider',
            call: { provider: workflow.provider.name, settings: workflow.provider.settings },
          };
    case 'command':
    case 'script':
    case 'hook':
    case 'repository hook':
    case 'dagger':
    case 'adapter':
    case 'workflow':
    case 'provider':
    case 'elsewhere':
      return action;
  }
}
