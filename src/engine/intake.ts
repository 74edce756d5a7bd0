import type { Clock } from '../contracts/clock.ts';
import type { HttpSource } from '../contracts/source.ts';
import type { Admission, Placed, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { concealed, type Delivery } from '../domain/delivery.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Event, NewEvent } from '../domain/event.ts';
import type { Matchers } from '../domain/explanation.ts';
import { type DeliveryId, type EventId, eventId, type RunId } from '../domain/id.ts';
import { isRejected } from '../domain/placement.ts';
import type { Rule } from '../domain/rule.ts';
import type { Verdict } from '../domain/verdict.ts';
import { type Decision, decide, type Rules } from './decide.ts';
import type { Journal } from './journal.ts';
import type { QueueGauge } from './queue-gauge.ts';

export interface IntakeNeeds {
  readonly store: Pick<Store, 'admit' | 'refuse' | 'bareEvent' | 'isKnown' | 'repo'>;
  readonly control: Pick<ControlEnd, 'hint' | 'cancel'>;
  readonly matchers: Matchers;
  readonly rules: Rules;
  readonly queue: QueueGauge;
  readonly clock: Clock;
  readonly journal: Journal;
}

type AnnounceNeeds = Pick<IntakeNeeds, 'control' | 'queue' | 'journal'>;

/** What became of something that came in. */
export type Answer =
  | {
      readonly result: 'admitted';
      readonly event: EventId;
      readonly runs: readonly RunId[];
      /** There are runs, and every one was turned away by a full group that is to tell the sender so. */
      readonly rejected: boolean;
      /** There are runs, and each waits for its turn: none is over yet, and none waits for somebody. */
      readonly queued: boolean;
      readonly verdicts: readonly Verdict[];
    }
  | {
      readonly result: 'known';
      readonly event: EventId;
      readonly runs: readonly RunId[];
      readonly conflict: boolean;
    }
  | { readonly result: 'refused'; readonly status: number; readonly reason: string };

/**
 * A delivery becomes a stored event with the verdict of every rule and the runs they start. When this resolves with
 * `admitted` or `known`, that is on disk. Throws `overloaded` when it would add to a full queue, and what the store throws.
 */
export async function receive(needs: IntakeNeeds, source: HttpSource, delivery: Delivery): Promise<Answer> {
  const received = source.receive(delivery);
  const kept = concealed(delivery, source.secretHeaders);
  if (received.result === 'rejected') {
    const { status, reason, authentication } = received;
    refuse(needs, kept, { status, reason, authentication });
    return { result: 'refused', status, reason };
  }
  const event = identify(needs, received.event, {
    source: source.name,
    delivery: delivery.id,
    replayOf: null,
  });
  const answer = await admit(needs, event, {
    delivery: { delivery: kept, authentication: received.authentication },
    position: null,
  });
  source.stored?.(delivery);
  return answer;
}

/** Gives an event that a source has read its identity in this house. */
export function identify(
  needs: { readonly clock: Clock },
  event: NewEvent,
  origin: {
    readonly source: string;
    readonly delivery: DeliveryId | null;
    readonly replayOf: EventId | null;
  },
): Event {
  return { ...event, ...origin, id: eventId(needs.clock.unique()), receivedAt: needs.clock.now() };
}

/** Decides and stores an event; see `receive`. */
export async function admit(
  needs: IntakeNeeds,
  event: Event,
  origin: Pick<Admission, 'delivery' | 'position'>,
  rules: readonly Rule[] = needs.rules(),
): Promise<Answer> {
  const startedAt = needs.clock.now();
  const decision = decide(needs, rules, event);
  if (!(await mayAdd(needs, event, decision)))
    throw new SignalboxError('overloaded', 'the queue is full: try again later', { retryAfterMs: 10_000 });
  const admitted = await needs.store.admit({ ...origin, event, ...decision });
  if (admitted.result === 'known') {
    needs.journal.note({
      kind: 'event.duplicate',
      source: event.source,
      event: admitted.event,
      conflict: admitted.conflict,
    });
    needs.control.hint('feed');
    return admitted;
  }
  const { verdicts } = decision;
  const runs = admitted.runs.map(run => run.id);
  needs.journal.note({
    kind: 'event.admitted',
    event,
    verdicts,
    runs,
    tookMs: needs.clock.now() - startedAt,
  });
  announcePlaced(needs, admitted);
  const rejected = runs.length > 0 && admitted.runs.every(isRejected);
  const queued = runs.length > 0 && admitted.runs.every(({ status }) => status.state === 'queued');
  return { result: 'admitted', event: event.id, runs, rejected, queued, verdicts };
}

/** Whether the queue takes what was decided. What adds nothing to it passes: the rest must not be lost over it. */
async function mayAdd(needs: IntakeNeeds, event: Event, { runs }: Decision): Promise<boolean> {
  if (!runs.some(({ status }) => status.state === 'queued') || (await needs.queue.hasRoom())) return true;
  return event.deliveryId !== null && needs.store.isKnown(event.source, event.deliveryId);
}

/** Tells who has to know of new runs, and of older ones that make place for them. */
export function announcePlaced(needs: AnnounceNeeds, { runs, superseded }: Placed): void {
  const queued = runs.filter(run => run.status.state === 'queued').length;
  needs.queue.added(queued);
  needs.control.hint('feed');
  if ([...runs, ...superseded].some(run => run.plan.report.length > 0)) needs.control.hint('report');
  if (queued > 0) needs.control.hint('ticket');
  for (const run of [...runs, ...superseded]) {
    const { status } = run;
    if (status.state === 'finished') needs.journal.note({ kind: 'run.finished', run });
    if (status.state === 'running' && status.cancelling !== null)
      needs.control.cancel(status.agent, run.id, run.attempt, status.cancelling.reason);
  }
}

/** Keeps a record of what was turned away, without its body. */
export function refuse(
  needs: Pick<IntakeNeeds, 'store' | 'journal'>,
  delivery: Delivery,
  why: Pick<Parameters<Store['refuse']>[0], 'status' | 'reason' | 'authentication'>,
): void {
  const { body, ...rest } = delivery;
  needs.store.refuse({ delivery: rest, body, ...why });
  needs.journal.note({ kind: 'delivery.refused', delivery: rest, status: why.status, reason: why.reason });
}
