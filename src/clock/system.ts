import { randomBytes } from 'node:crypto';
import { setTimeout as timer } from 'node:timers/promises';
import type { Clock } from '../contracts/clock.ts';

/** Crockford's base 32, lower case: no i, l, o, u. */
const digits = '0123456789abcdefghjkmnpqrstvwxyz';

/** The machine's clock; `unique()` gives ULIDs that never go back, also when the clock does. */
export function createSystemClock(): Clock {
  let last = 0;
  let chance: number[] = [];
  return {
    now: () => Date.now(),
    sleep: (ms, signal) => timer(ms, undefined, { signal, ref: false }),
    unique: () => {
      const now = Date.now();
      if (now > last) {
        last = now;
        chance = [...randomBytes(16)].map(byte => byte & 31);
      } else increment(chance);
      return encode(last) + chance.map(digit => digits[digit]).join('');
    },
  };
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

function encode(time: number): string {
  let text = '';
  for (let rest = time, place = 0; place < 10; place++, rest = Math.floor(rest / 32))
    text = digits[rest % 32] + text;
  return text;
}
