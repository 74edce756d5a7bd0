import type { Store, StoredDelivery } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { Delivery } from '../domain/delivery.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { NewEvent } from '../domain/event.ts';
import { deliveryId, type EventId, type RunId } from '../domain/id.ts';
import type { Ends } from '../engine/ends.ts';
import { followOutput } from '../engine/follow-output.ts';
import { type Answer, admit, type IntakeNeeds, identify, refuse } from '../engine/intake.ts';
import { untilFinished } from '../engine/until-finished.ts';
import { failure } from '../server/problem.ts';
import type { Decision } from '../sources/hooks/decide.ts';
import { hookAuthentication } from '../sources/hooks/hook-authentication.ts';
import { hookDelivery, hooksName } from '../sources/hooks/hook-delivery.ts';
import { hookEvent } from '../sources/hooks/hook-event.ts';
import type { Accepted, Asked, Ended, ServeNeeds } from '../sources/hooks/serve-hooks.ts';
import type { OutputStream } from '../sources/hooks/stream.ts';

export interface HookNeeds extends IntakeNeeds {
  readonly ends: Ends;
  readonly store: IntakeNeeds['store'] & Pick<Store, 'run' | 'output'>;
  readonly control: IntakeNeeds['control'] & Pick<ControlEnd, 'onHint'>;
}

/**
 * What hooks decide, brought into the house: every request that a hook was asked about is an event with its verdict, and
 * what runs is a run like all others. Who waits for a command reads its end, and what it printed, from the store.
 */
export function acceptHooks(needs: HookNeeds): ServeNeeds['accept'] {
  return async (asked, decision, aim) => {
    const delivery = deliveryOf(needs, asked);
    const event = hookEvent(asked.hook, decision, aim);
    if (event === null) {
      refuse(needs, delivery, refusalOf(decision));
      return { result: 'kept', run: null, headers: [] };
    }
    return takeIn(needs, asked, event, { delivery, authentication: hookAuthentication(decision) });
  };
}

/** A request as it is kept. */
export const deliveryOf = (needs: Pick<HookNeeds, 'clock'>, { target, request }: Asked): Delivery => ({
  ...hookDelivery(target, request),
  id: deliveryId(needs.clock.unique()),
});

/** Stores what a request means; what it runs can be waited for. */
export async function takeIn(
  needs: HookNeeds,
  asked: Asked,
  event: NewEvent,
  stored: StoredDelivery,
): Promise<Accepted> {
  const origin = { source: hooksName, delivery: stored.delivery.id, replayOf: null };
  try {
    const answer = await admit(needs, identify(needs, event, origin), { delivery: stored, position: null });
    return accepted(needs, answer);
  } catch (error) {
    return turnedAway(needs, asked, error);
  }
}

const refusalOf = (decision: Decision) => ({
  status: decision.result === 'answered' ? decision.answer.status : 400,
  reason: decision.problems.join('; ') || 'its body cannot be read',
  authentication: { result: 'not required', reason: 'no rule was asked' } as const,
});

function accepted(needs: HookNeeds, answer: Answer): Accepted {
  switch (answer.result) {
    case 'refused':
      return { result: 'turned away', status: 503, headers: [] };
    case 'admitted':
    case 'known': {
      const { event, runs } = answer;
      const headers = named(event, runs);
      if (answer.result === 'admitted' && answer.rejected)
        return { result: 'turned away', status: 429, headers };
      const [run] = runs;
      return {
        result: 'kept',
        run:
          run === undefined
            ? null
            : {
                id: run,
                ended: signal => endOf(needs, run, answer.result === 'admitted' && answer.queued, signal),
                output: signal => outputOf(needs, run, signal),
              },
        headers,
      };
    }
  }
}

const named = (event: EventId, runs: readonly RunId[]) => [
  ['X-Signalbox-Event', event] as const,
  ...runs.slice(0, 1).map(run => ['X-Signalbox-Run', run] as const),
];

async function endOf(
  needs: HookNeeds,
  run: RunId,
  isNew: boolean,
  signal: AbortSignal,
): Promise<Ended | undefined> {
  const end = await untilFinished(needs, run, isNew, signal);
  if (end === undefined) return undefined;
  const output: Uint8Array[] = [];
  for await (const piece of needs.store.output(run, 0)) output.push(piece);
  return { outcome: end.outcome, output: Buffer.concat(output), reason: end.reason };
}

async function* outputOf(needs: HookNeeds, run: RunId, signal: AbortSignal): OutputStream {
  const end = yield* followOutput(needs, run, signal);
  return end === undefined ? null : { outcome: end.outcome, exitCode: end.exitCode };
}

/** Only what was kept may be answered as if it was. */
function turnedAway(needs: HookNeeds, { hook }: Asked, error: unknown): Accepted {
  const { retryAfterMs } = failure(error);
  if (SignalboxError.from(error).code !== 'overloaded')
    needs.journal.note({ kind: 'trouble', where: `hook ${hook}`, error });
  const seconds = Math.ceil((retryAfterMs ?? 10_000) / 1000);
  return { result: 'turned away', status: 503, headers: [['Retry-After', String(seconds)]] };
}
