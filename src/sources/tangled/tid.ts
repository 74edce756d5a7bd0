import { randomInt } from 'node:crypto';
import { create } from '@atcute/tid';

/** Of a TID: tells apart who makes some at the same time. */
const clockIds = 1024;

/** Makes record keys that sort by their time; none twice, also when the clock goes back. */
export function createTids(now: () => number): () => string {
  const clockId = randomInt(clockIds);
  let last = 0;
  return () => {
    last = Math.max(now() * 1000, last + 1);
    return create(last, clockId);
  };
}
