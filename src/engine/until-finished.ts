import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';
import type { End, Ends } from './ends.ts';

/** Another process may have heard of the end: the store is looked at this often. */
const lookMs = 2_000;

/**
 * Resolves when a run is over, and that is stored; undefined when there is no such run, or the signal ends the wait.
 * `isNew`: it was stored just now, so that it cannot be over.
 */
export async function untilFinished(
  needs: { readonly store: Pick<Store, 'run'>; readonly ends: Ends; readonly clock: Clock },
  run: RunId,
  isNew: boolean,
  signal: AbortSignal,
): Promise<End | undefined> {
  using waiting = needs.ends.wait(run);
  using over = overWith(signal);
  for (let mayBeOver = !isNew; !signal.aborted; mayBeOver = true) {
    if (mayBeOver) {
      const found = await needs.store.run(run);
      if (found === undefined) return undefined;
      if (found.run.status.state === 'finished') return found.run.status;
    }
    const end = await Promise.race([waiting.end, nap(needs, over.signal)]);
    if (end !== undefined) return end;
  }
  return undefined;
}

/** Why a nap ends early. A reason of its own for each, with a stack, would cost more than the nap. */
const awake = 'awake';

/** A signal that aborts with another one, or when it is disposed: no nap outlasts the wait. */
function overWith(signal: AbortSignal): Disposable & { readonly signal: AbortSignal } {
  const over = new AbortController();
  const end = (): void => over.abort(awake);
  signal.addEventListener('abort', end);
  return {
    signal: over.signal,
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', end);
      end();
    },
  };
}

const nap = ({ clock }: { readonly clock: Clock }, signal: AbortSignal): Promise<undefined> =>
  clock.sleep(lookMs, signal).then(
    () => undefined,
    () => undefined,
  );
