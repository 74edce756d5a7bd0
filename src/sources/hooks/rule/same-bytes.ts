import { timingSafeEqual } from 'node:crypto';

/** Whether both are the same; how long it takes tells nothing but whether they are equally long. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}
