import { hash } from 'node:crypto';

/** Crockford's base 32, lower case: no i, l, o, u. */
export const ulidDigits: string = '0123456789abcdefghjkmnpqrstvwxyz';

/** How many of an id's characters tell its time; the others are chance. */
export const ulidTimeDigits: number = 10;
export const ulidChanceDigits: number = 16;

/** The characters that tell a time, in milliseconds since 1970. */
export function ulidTime(ms: number): string {
  let text = '';
  for (let rest = ms, place = 0; place < ulidTimeDigits; place++, rest = Math.floor(rest / 32))
    text = ulidDigits[rest % 32] + text;
  return text;
}

/** An id as of that time in which a name stands for chance: the same one whenever it is made. */
export function ulidOf(ms: number, name: string): string {
  const bytes = hash('sha256', name, 'buffer').subarray(0, ulidChanceDigits);
  return ulidTime(ms) + Array.from(bytes, byte => ulidDigits[byte & 31]).join('');
}
