import { randomBytes } from 'node:crypto';
import type { Clock } from '../contracts/clock.ts';
import { ulidChanceDigits, ulidDigits, ulidTime, ulidTimeDigits } from '../lib/ulid.ts';

export interface SystemClock extends Clock {
  /**
   * From now on `unique()` gives what is greater than the end of this id: where an earlier process gave it, the machine's
   * clock may have been set back since.
   */
  goOnAfter(id: string): void;
}

/** The machine's clock; `unique()` gives ULIDs that never go back, also when the clock does. */
export function createSystemClock(): SystemClock {
  let last = 0;
  let chance: number[] = [];
  const newest = (): string => ulidTime(last) + chance.map(digit => ulidDigits[digit]).join('');
  return {
    goOnAfter: id => {
      const unique = id.slice(-(ulidTimeDigits + ulidChanceDigits));
      if (unique <= newest()) return;
      const values = Array.from(unique, digit => ulidDigits.indexOf(digit));
      last = values.slice(0, ulidTimeDigits).reduce((time, value) => time * 32 + value, 0);
      chance = values.slice(ulidTimeDigits);
    },
    now: () => Date.now(),
    sleep,
    unique: () => {
      const now = Date.now();
      if (now > last) {
        last = now;
        chance = [...randomBytes(ulidChanceDigits)].map(byte => byte & 31);
      } else increment(chance);
      return newest();
    },
  };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const wake = (): void => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', wake);
      resolve();
    }, ms).unref();
    signal.addEventListener('abort', wake, { once: true });
  });
}

function increment(number: number[]): void {
  for (let place = number.length - 1; place >= 0; place--) {
    const digit = number[place] ?? 0;
    if (digit < 31) {
      number[place] = digit + 1;
      return;
    }
    number[place] = 0;
  }
}
