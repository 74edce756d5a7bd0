import { createSystemClock } from '../../src/clock/system.ts';
import type { Clock } from '../../src/contracts/clock.ts';

/** A machine's clock that somebody sets, and time that passes as fast as those who sleep through it allow. */
export interface SimulatedTime {
  readonly clock: Clock;
  /** Sets the clock forward, or with a negative number back; nobody has slept any longer by that. */
  setForward(ms: number): void;
  /** Lets time pass; `sleepers` have to sleep before and after every moment in it. */
  pass(ms: number, sleepers: number): Promise<void>;
}

export function simulateTime(start: number): SimulatedTime {
  let passed = 0;
  let offset = start;
  const asleep = new Set<{ readonly at: number; readonly wake: () => void }>();
  const allAsleep = async (sleepers: number): Promise<void> => {
    while (asleep.size < sleepers) await new Promise(setImmediate);
  };
  return {
    clock: {
      ...createSystemClock(),
      now: () => passed + offset,
      sleep: (ms, signal) =>
        new Promise((resolve, reject) => {
          signal.throwIfAborted();
          const sleeper = { at: passed + ms, wake: resolve };
          asleep.add(sleeper);
          signal.addEventListener('abort', () => {
            asleep.delete(sleeper);
            reject(signal.reason);
          });
        }),
    },
    setForward: ms => {
      offset += ms;
    },
    async pass(ms, sleepers) {
      const end = passed + ms;
      for (;;) {
        await allAsleep(sleepers);
        const [next] = [...asleep].sort((one, other) => one.at - other.at);
        if (next === undefined || next.at > end) break;
        passed = Math.max(passed, next.at);
        asleep.delete(next);
        next.wake();
      }
      passed = end;
    },
  };
}
