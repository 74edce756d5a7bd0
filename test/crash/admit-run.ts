import { createSystemClock } from '../../src/clock/system.ts';
import type { Store } from '../../src/contracts/store.ts';
import { eventId, runId } from '../../src/domain/id.ts';
import type { Rule } from '../../src/domain/rule.ts';
import { plan, type Run } from '../../src/domain/run.ts';
import { commandRule } from '../support/doors/open-house.ts';
import { pushEvent } from '../support/events.ts';

/** Stores a push with one queued run of a rule. */
export async function admitRun(store: Store, rule: Partial<Rule>): Promise<Run> {
  const clock = createSystemClock();
  const event = pushEvent({ id: eventId(clock.unique()), deliveryId: clock.unique() });
  const made = { id: runId(clock.unique()), at: clock.now(), blockedBy: null, workflow: null };
  const run = plan(commandRule('unit', rule), event, made);
  await store.admit({ delivery: null, event, verdicts: [], runs: [run], position: null });
  return run;
}
