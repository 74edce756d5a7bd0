import { isList, isMap, noMap, type Value } from './value.ts';

/** A value as a command or a rule sees it: texts as they are, lists and maps as JSON, null as `<nil>`. */
export function render(value: Value): string {
  if (value === null) return '<nil>';
  if (typeof value === 'string') return value;
  return isMap(value) || isList(value) ? toJson(value) : scalarJson(value);
}

/** JSON without blanks: keys in the order of their bytes, numbers as they came, and what HTML could read escaped. */
export function toJson(value: Value): string {
  let json = '';
  // What is open is kept in a list, not on the stack: no nesting is too deep for it.
  const open: Open[] = [];
  const write = (value: Value) => {
    if (value === noMap) json += 'null';
    else if (isMap(value)) {
      json += '{';
      open.push({ rest: byBytes(value).values(), close: '}', begun: false });
    } else if (isList(value)) {
      json += '[';
      open.push({ rest: unnamed(value), close: ']', begun: false });
    } else json += scalarJson(value);
  };
  write(value);
  for (let inner = open.at(-1); inner !== undefined; inner = open.at(-1)) {
    const next = inner.rest.next();
    if (next.done) {
      json += inner.close;
      open.pop();
      continue;
    }
    const [name, value] = next.value;
    if (inner.begun) json += ',';
    inner.begun = true;
    if (name !== null) json += `${quoted(name)}:`;
    write(value);
  }
  return json;
}

interface Open {
  readonly rest: Iterator<readonly [name: string | null, value: Value], undefined>;
  readonly close: string;
  begun: boolean;
}

function* unnamed(values: readonly Value[]): Generator<readonly [null, Value], undefined> {
  for (const value of values) yield [null, value];
}

function byBytes(map: ReadonlyMap<string, Value>): readonly (readonly [name: string, value: Value])[] {
  return [...map].sort(([a], [b]) => compareBytes(a, b));
}

/** Like comparing their UTF-8; in JavaScript's own order, what is behind U+FFFF stands before U+E000. */
export function compareBytes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const order = rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);

function scalarJson(value: Exclude<Value, readonly Value[] | ReadonlyMap<string, Value>>): string {
  if (typeof value === 'string') return quoted(value);
  return value === null || typeof value === 'boolean' ? String(value) : value.literal;
}

/** Escaped as Go does it, which differs from JavaScript in some characters; stray bytes become U+FFFD. */
const quoted = (text: string): string =>
  JSON.stringify(text).replace(/\\(?:ud[89a-f]..|[^])|[<>&\u2028\u2029]/g, found => {
    if (found.startsWith('\\ud')) return '\\ufffd';
    if (found.startsWith('\\')) return found === '\\b' ? '\\u0008' : found === '\\f' ? '\\u000c' : found;
    return `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
