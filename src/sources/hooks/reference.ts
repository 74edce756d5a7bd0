import { isList, isMap, type Value, type Values } from './value.ts';

export type Found =
  | { readonly result: 'value'; readonly value: Value }
  /** Nothing stands there: to a rule that is "not satisfied". */
  | { readonly result: 'missing' }
  /** The way leads through a null: to a rule that is an error. */
  | { readonly result: 'null'; readonly at: string };

/**
 * What a reference such as `head_commit.author.0.name` leads to. At a map the whole rest of the text is tried as a key
 * before it is split at its first dot; at a list the next part must be a plain number.
 */
export function follow(values: Values, reference: string): Found {
  let value: Value = values;
  let rest = reference;
  for (;;) {
    if (value === null) return { result: 'null', at: reference.slice(0, -rest.length - 1) };
    if (!isMap(value) && !isList(value)) return { result: 'missing' };
    const dot = rest.indexOf('.');
    const whole = isMap(value) ? value.get(rest) : dot === -1 ? itemAt(value, rest) : undefined;
    if (whole !== undefined) return { result: 'value', value: whole };
    if (dot === -1) return { result: 'missing' };
    const first = rest.slice(0, dot);
    const next: Value | undefined = isMap(value) ? value.get(first) : itemAt(value, first);
    if (next === undefined) return { result: 'missing' };
    value = next;
    rest = rest.slice(dot + 1);
  }
}

/** Plain decimal digits, also with zeros in front; no signs, no blanks. */
export function itemAt(list: readonly Value[], index: string): Value | undefined {
  return /^[0-9]+$/.test(index) ? list[Number(index)] : undefined;
}
