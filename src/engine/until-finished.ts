import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { RunId } from '../domain/id.ts';
import type { RunStatus } from '../domain/run.ts';
import { createBell } from './bell.ts';

/** Hints may be lost: it is looked at this often without any. */
const lookMs = 2_000;

/** Resolves when a run is over, and that is stored; undefined when there is no such run, or the signal ends the wait. */
export async function untilFinished(
  needs: {
    readonly store: Pick<Store, 'run'>;
    readonly control: Pick<ControlEnd, 'onHint'>;
    readonly clock: Clock;
  },
  run: RunId,
  signal: AbortSignal,
): Promise<Extract<RunStatus, { state: 'finished' }> | undefined> {
  using bell = createBell(needs, `end:${run}`);
  while (!signal.aborted) {
    const found = await needs.store.run(run);
    if (found === undefined) return undefined;
    if (found.run.status.state === 'finished') return found.run.status;
    await bell.wait(lookMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return undefined;
}
