import type { Clock } from '../contracts/clock.ts';
import type { ControlEnd, Hint } from '../contracts/transport.ts';
import { napUntil } from './nap.ts';

/** Wakes a reader when something it waits for may have happened. */
export interface Bell extends Disposable {
  /** Resolves at the next ring, at once if it rang since the last wait, or after `ms`; rejects when aborted. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
  /** Rings it by hand. */
  ring(): void;
}

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
        const rings = new Promise<void>(resolve => {
          wake = resolve;
        });
        try {
          await napUntil(needs.clock, ms, rings, signal);
        } finally {
          wake = undefined;
        }
      }
      rung = false;
    },
    ring,
    [Symbol.dispose]: () => listening[Symbol.dispose](),
  };
}
