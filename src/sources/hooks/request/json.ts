import type { Value } from '../value.ts';

/** Deeper nesting is no JSON to the original either. */
const deepest = 10_000;

/**
 * The first JSON value of a text; what follows it does not matter. Undefined when there is none. Numbers keep how they
 * were written, of equal keys the last counts, halves of surrogate pairs become U+FFFD. Never throws.
 */
export function firstJson(text: string): Value | undefined {
  const scanner = createScanner(text);
  // What is open is kept in a list, not on the stack: no nesting is too deep for it.
  const open: Open[] = [];
  for (;;) {
    let value: Value | undefined;
    const bracket = scanner.take('[{');
    if (bracket === undefined) {
      value = scanner.scalar();
      if (value === undefined) return undefined;
    } else {
      if (open.length === deepest) return undefined;
      const opened: Open =
        bracket === '[' ? { close: ']', items: [] } : { close: '}', entries: new Map(), key: '' };
      if (scanner.take(opened.close) === undefined) {
        if (!begin(scanner, opened)) return undefined;
        open.push(opened);
        continue;
      }
      value = whole(opened);
    }
    // A value is complete, and with it perhaps what surrounds it.
    for (;;) {
      const around = open.at(-1);
      if (around === undefined) return value;
      put(around, value);
      if (scanner.take(',') !== undefined) {
        if (!begin(scanner, around)) return undefined;
        break;
      }
      if (scanner.take(around.close) === undefined) return undefined;
      open.pop();
      value = whole(around);
    }
  }
}

/** A list or map that is being read; `key` waits for its value. */
type Open =
  | { readonly close: ']'; readonly items: Value[] }
  | { readonly close: '}'; readonly entries: Map<string, Value>; key: string };

/** Reads what stands before a value: in a map its key. */
function begin(scanner: Scanner, open: Open): boolean {
  if (open.close === ']') return true;
  const key = scanner.string();
  if (key === undefined || scanner.take(':') === undefined) return false;
  open.key = key;
  return true;
}

function put(open: Open, value: Value): void {
  if (open.close === ']') open.items.push(value);
  else open.entries.set(open.key, value);
}

const whole = (open: Open): Value => (open.close === ']' ? open.items : open.entries);

interface Scanner {
  /** The next character, if it is one of these. */
  take(oneOf: string): string | undefined;
  string(): string | undefined;
  scalar(): Value | undefined;
}

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const words: readonly (readonly [word: string, value: Value])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

function createScanner(text: string): Scanner {
  let at = 0;
  const skipSpace = () => {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      at += 1;
    }
  };
  const string = () => {
    skipSpace();
    if (text[at] !== '"') return undefined;
    const end = endOfString(text, at);
    if (end === -1) return undefined;
    const written = text.slice(at, end + 1);
    at = end + 1;
    try {
      return String(JSON.parse(written)).toWellFormed();
    } catch {
      return undefined;
    }
  };
  return {
    take(oneOf) {
      skipSpace();
      const next = text[at];
      if (next === undefined || !oneOf.includes(next)) return undefined;
      at += 1;
      return next;
    },
    string,
    scalar() {
      skipSpace();
      if (text[at] === '"') return string();
      number.lastIndex = at;
      const literal = number.exec(text)?.[0];
      if (literal !== undefined) {
        at += literal.length;
        return { literal };
      }
      const known = words.find(([word]) => text.startsWith(word, at));
      if (known === undefined) return undefined;
      at += known[0].length;
      return known[1];
    },
  };
}

/** Where the quote stands that closes the string; one behind an odd number of backslashes does not. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote !== -1; quote = text.indexOf('"', quote + 1)) {
    let before = quote;
    while (text[before - 1] === '\\') before -= 1;
    if ((quote - before) % 2 === 0) return quote;
  }
  return -1;
}
