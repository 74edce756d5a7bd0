import { type CelValue, celType } from '@bufbuild/cel';
import type { Json } from '../domain/json.ts';
import { cut, shown } from '../domain/shown.ts';
import { pathText, type Reference } from './cel-ast.ts';

const longestSource = 200;

/** The text of a part of an expression as it stands before a colon. */
export const quoted = (source: string): string => cut(source.replace(/\s+/g, ' '), longestSource);

/** What a part of an expression saw: `it is "renovate"`, or `event.a is 1, event.b is 2`. */
export function observed(seen: readonly Reference[], event: Json, value: boolean): string {
  const [only] = seen;
  if (only === undefined) return `it is ${value}`;
  const is = (reference: Reference) => {
    const found = resolve(event, reference.path);
    if (reference.tested) return found === undefined || found === null ? 'is missing' : 'is there';
    return found === undefined ? 'is missing' : `is ${shown(found)}`;
  };
  if (seen.length === 1) return `it ${is(only)}`;
  return seen
    .slice(0, 4)
    .map(reference => `${pathText(reference.path)} ${is(reference)}`)
    .join(', ');
}

/** The first of the fields that has no value, as a path; for a test `has(a.b)`, only what comes before its last step counts. */
export function lacking(seen: readonly Reference[], event: Json): string | undefined {
  for (const { path, tested } of seen)
    for (let length = 2; length <= path.length - (tested ? 1 : 0); length += 1) {
      const part = path.slice(0, length);
      const found = resolve(event, part);
      if (found === undefined || found === null) return pathText(part);
    }
  return undefined;
}

/** What the evaluator says when a key or an index is not there. */
export function missingKey(message: string): string | undefined {
  const [, key, index] = /^(?:field not found: (.*)|index (-?\d+) out of bounds)/s.exec(message) ?? [];
  return key === undefined ? index && `item ${index}` : `"${cut(key)}"`;
}

/** The evaluator's message without its machinery. */
export function plainly(message: string): string {
  const [, operator, types] =
    /^found no matching overload for '?(.*?)'? applied to '(.*)'$/s.exec(message) ?? [];
  if (operator === undefined || types === undefined)
    return cut(message.replace('error parsing regexp: ', 'the regular expression is not valid: '), 300);
  return `${operator.replace(/[_@]/g, '') || operator} cannot be applied to ${types.replace('null_type', 'null')}`;
}

export function notBoolean(value: CelValue): string {
  const what =
    typeof value === 'string'
      ? shown(value)
      : typeof value === 'bigint'
        ? String(value)
        : `a ${celType(value).name}`;
  return `it gives ${what}, not true or false`;
}

/** The value at a path that begins with `event`; undefined when a step is not there. */
function resolve(event: Json, path: readonly (string | number)[]): Json | undefined {
  let value: Json | undefined = event;
  for (const step of path.slice(1)) {
    if (value === null || typeof value !== 'object') return undefined;
    value = Object.entries(value).find(([key]) => key === String(step))?.[1];
  }
  return value;
}
