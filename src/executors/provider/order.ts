import type { BuildOrder } from '../../contracts/provider.ts';
import type { Event } from '../../domain/event.ts';
import type { ProviderCall } from '../../domain/rule.ts';
import type { Run } from '../../domain/run.ts';

/** What a run orders from another CI service: what the rule says, and what names the run. Nothing of this machine's. */
export function orderOf({ id, rule, plan }: Run, event: Event, call: ProviderCall): BuildOrder {
  const sha = plan.revision?.sha ?? event.after;
  return {
    run: id,
    rule,
    event,
    sha,
    env: {
      ...plan.env,
      SIGNALBOX: 'true',
      SIGNALBOX_RUN_ID: id,
      SIGNALBOX_EVENT_ID: event.id,
      SIGNALBOX_EVENT_TYPE: event.type,
      SIGNALBOX_REPO: event.repo?.name ?? '',
      SIGNALBOX_REF: event.ref ?? '',
      SIGNALBOX_BRANCH: event.branch ?? '',
      SIGNALBOX_SHA: sha ?? '',
      SIGNALBOX_BEFORE: event.before ?? '',
    },
    settings: call.settings,
    workflow: plan.workflow,
  };
}
