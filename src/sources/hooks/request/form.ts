import type { Value, Values } from '../value.ts';
import { unescapePercent } from './percent.ts';
import { decodeBytes } from './utf8.ts';

export interface Form {
  /** The first value of each name. */
  readonly values: Values;
  /** Pairs that cannot be read: a `;` in them, or a broken percent escape. */
  readonly broken: number;
}

/** Pairs of `name=value`, in the form that queries and simple bodies have; one character per byte. */
export function readForm(text: string): Form {
  const values = new Map<string, Value>();
  let broken = 0;
  for (const pair of text.split('&')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = unescapeForm(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : unescapeForm(pair.slice(equals + 1));
    if (name === null || value === null || pair.includes(';')) broken += 1;
    else if (!values.has(name)) values.set(name, value);
  }
  return { values, broken };
}

/** The text with `+` and `%xx` resolved, or null where a `%` is followed by something else. */
function unescapeForm(text: string): string | null {
  if (plain.test(text)) return text;
  const bytes = unescapePercent(text.replaceAll('+', ' '));
  return bytes === null ? null : decodeBytes(bytes);
}

/** Most names and values are: letters, digits and signs of ASCII that stand for themselves. */
const plain = /^[ -$&-*,-~]*$/;
