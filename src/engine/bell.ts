import type { Clock } from '../contracts/clock.ts';
import type { ControlEnd, Hint } from '../contracts/transport.ts';

/** Wakes a reader when something it waits for may have happened. */
export interface Bell extends Disposable {
  /** Resolves at the next ring, at once if it rang since the last wait, or after `ms`; rejects when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Rings it by hand. */
  ring(): void;
}

/** Why a nap ends early. A reason of its own for each, with a stack, would cost more than the nap. */
const awake = 'awake';

/** A bell that rings for one hint. Hints may be lost, so every wait has an end. */
export function createBell(
  needs: { readonly control: Pick<ControlEnd, 'onHint'>; readonly clock: Clock },
  hint: Hint,
): Bell {
  let rung = false;
  let wake: (() => void) | undefined;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const listening = needs.control.onHint(heard => {
    if (heard === hint) ring();
  });
  return {
    async wait(ms, signal) {
      signal.throwIfAborted();
      if (!rung) {
        const nap = new AbortController();
        const rings = new Promise<void>(resolve => {
          wake = resolve;
        });
        try {
          await Promise.race([rings, needs.clock.sleep(ms, AbortSignal.any([signal, nap.signal]))]);
        } finally {
          wake = undefined;
          nap.abort(awake);
        }
      }
      rung = false;
    },
    ring,
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
