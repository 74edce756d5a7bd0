import type { Json } from '../../domain/json.ts';

type JsonObject = { readonly [key: string]: Json };

const isObject = (json: Json | undefined): json is JsonObject =>
  typeof json === 'object' && json !== null && !Array.isArray(json);
const isArray = (json: Json | undefined): json is readonly Json[] => Array.isArray(json);

/** The value at a path (`commits.0.id`), or undefined when there is none. */
export function valueAt(json: Json | undefined, path: readonly string[]): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return json;
  if (isArray(json)) return valueAt(json[indexOf(key)], rest);
  return isObject(json) && Object.hasOwn(json, key) ? valueAt(json[key], rest) : undefined;
}

/**
 * The same document with another value at a path. The last key may be new in an object; everything before it must be
 * there: undefined when it is not, so that a slip of the pen does not go unnoticed.
 */
export function withValueAt(json: Json | undefined, path: readonly string[], value: Json): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (isArray(json)) {
    const index = indexOf(key);
    const inner = index in json ? withValueAt(json[index], rest, value) : undefined;
    return inner === undefined ? undefined : json.with(index, inner);
  }
  if (!isObject(json) || (rest.length > 0 && !Object.hasOwn(json, key))) return undefined;
  const inner = withValueAt(json[key], rest, value);
  // A computed key is the object's own even when it is called `__proto__`.
  return inner === undefined ? undefined : { ...json, [key]: inner };
}

const indexOf = (key: string): number => (/^\d{1,6}$/.test(key) ? Number(key) : -1);
