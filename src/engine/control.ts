import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import { type RunId, runId } from '../domain/id.ts';
import { type Run, rerun } from '../domain/run.ts';
import { distrust } from '../domain/verdict.ts';
import type { Rules } from './decide.ts';
import { announcePlaced } from './intake.ts';
import type { Journal } from './journal.ts';
import type { QueueGauge } from './queue-gauge.ts';

export interface ControlNeeds {
  readonly store: Pick<Store, 'amend' | 'run' | 'addRun' | 'bareEvent'>;
  readonly control: Pick<ControlEnd, 'hint' | 'cancel'>;
  readonly rules: Rules;
  readonly queue: QueueGauge;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Asks for a run's end: at once when it has not started, through its agent when it runs. Repeating it is harmless. */
export async function cancelRun(needs: ControlNeeds, id: RunId, by: string): Promise<Run> {
  const run = await change(needs, id, { kind: 'cancelled', by, at: needs.clock.now() });
  const { status } = run;
  if (status.state === 'running' && status.cancelling !== null)
    needs.control.cancel(status.agent, id, run.attempt, status.cancelling.reason);
  if (status.state === 'finished' && status.startedAt === null)
    needs.journal.note({ kind: 'run.finished', run });
  return run;
}

/** Lets a blocked run start: this run, and so this commit, alone. */
export async function approveRun(needs: ControlNeeds, id: RunId, by: string): Promise<Run> {
  const run = await change(needs, id, { kind: 'approved', by });
  if (run.status.state !== 'queued' && run.status.state !== 'running')
    throw new SignalboxError(
      'conflict',
      `${id} is over: only a blocked run can be approved; a rerun does the same work again`,
    );
  needs.control.hint('ticket');
  return run;
}

/** The same work once more, as a run of its own of the same event. It waits for an approval when nobody gave one yet. */
export async function rerunRun(needs: ControlNeeds, id: RunId): Promise<Run> {
  const found = await needs.store.run(id);
  if (found === undefined) throw unknown(id);
  if (found.run.status.state !== 'finished')
    throw new SignalboxError(
      'conflict',
      `${id} is ${found.run.status.state}: only a finished run can be run again`,
    );
  const { action } = found.run.plan;
  if (action.kind === 'elsewhere')
    throw new SignalboxError(
      'conflict',
      `${id} ran in ${action.program}, and what that ran is not known here: "signalbox events replay ${found.run.event}" runs what the rules of today say`,
    );
  const blockedBy = await stillBlockedBy(needs, found.run);
  const again = rerun(found.run, { id: runId(needs.clock.unique()), at: needs.clock.now(), blockedBy });
  const placed = await needs.store.addRun(again);
  announcePlaced(needs, placed);
  return placed.runs[0] ?? again;
}

/** Why a run may still not start without an approval, by the trust its rule has now; null when it may. */
async function stillBlockedBy(
  needs: ControlNeeds,
  { rule: name, event: id, plan }: Run,
): Promise<string | null> {
  if (plan.blockedBy === null) return null;
  const rule = needs.rules().find(rule => rule.name === name);
  const event = await needs.store.bareEvent(id);
  return rule === undefined || event === undefined ? plan.blockedBy : distrust(rule, event);
}

async function change(needs: ControlNeeds, id: RunId, news: Parameters<Store['amend']>[1]): Promise<Run> {
  const amended = await needs.store.amend(id, news);
  if (amended.result === 'unknown') throw unknown(id);
  if (amended.result === 'amended')
    for (const hint of ['feed', 'report', 'ticket'] as const) needs.control.hint(hint);
  return amended.run;
}

const unknown = (id: RunId) => new SignalboxError('not_found', `there is no run ${id}`);
