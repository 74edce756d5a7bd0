import * as fc from 'fast-check';

/** The JSON of one of the values, with some of its parts, wherever they stand, replaced or missing. */
export function changedJson(values: readonly unknown[]): fc.Arbitrary<string> {
  const replacement = fc.oneof(fc.constant(undefined), fc.jsonValue(), fc.string({ unit: 'binary' }));
  const changes = fc.array(fc.tuple(fc.infiniteStream(fc.nat()), replacement), {
    minLength: 1,
    maxLength: 4,
  });
  return fc.tuple(fc.constantFrom(...values), changes).map(([value, changes]) => {
    const changed = changes.reduce((value, [steps, to]) => replaced(value, steps, to), value);
    return JSON.stringify(changed) ?? '';
  });
}

/** Replaces one part of a value, somewhere inside, where the steps lead. */
function replaced(value: unknown, steps: Iterator<number>, to: unknown): unknown {
  if (typeof value !== 'object' || value === null) return to;
  const keys = Object.keys(value);
  const step: number = steps.next().value;
  const key = keys[step % (keys.length + 1)];
  if (key === undefined) return to;
  const changed = replaced((value as Record<string, unknown>)[key], steps, to);
  return Array.isArray(value) ? value.with(Number(key), changed) : { ...value, [key]: changed };
}
