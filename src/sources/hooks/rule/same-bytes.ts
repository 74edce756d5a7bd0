import { timingSafeEqual } from 'node:crypto';

/** Whether both are the same; how long it takes tells nothing but whether they are equally long. */
export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && timingSafeEqual(a, b);
}

/** The place, from 1, of the first that fits; null when none does. All are asked, so that the time does not tell which. */
export function placeOf<T>(all: readonly T[], fits: (one: T) => boolean): number | null {
  const place = all.map(fits).indexOf(true);
  return place === -1 ? null : place + 1;
}
