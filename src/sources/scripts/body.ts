/** What a caller asks for. */
export interface StartRequest {
  readonly executor: string;
  readonly script: string;
  readonly variables: readonly string[];
  readonly args: readonly string[];
}

/** What GORT's own reader refuses; deeper than that is nobody's script. */
const deepest = 10_000;

/**
 * Reads the first JSON value of a body as GORT does: names in any case, of equal ones the last counts, `null` leaves
 * things as they were, what is unknown or follows is passed over. Null: it is no such object. Never throws.
 */
export function readStart(body: Uint8Array): StartRequest | null {
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(body).replace(/^[ \t\r\n]+/, '');
  // Its reader stops behind the word.
  if (text.startsWith('null')) return nothing;
  const members = membersOf(text);
  if (members === null) return null;
  const given = new Map<string, unknown>();
  for (const [name, value] of members) if (value !== null) given.set(folded(name), value);
  const executor = textOf(given.get('executor') ?? '');
  const script = textOf(given.get('script') ?? '');
  const variables = textsOf(given.get('env_vars') ?? []);
  const args = textsOf(given.get('args') ?? []);
  const all = { executor, script, variables, args };
  return isWhole(all) ? all : null;
}

const nothing: StartRequest = { executor: '', script: '', variables: [], args: [] };

type Read<Value> = { readonly [Key in keyof Value]: Value[Key] | null };
const isWhole = (read: Read<StartRequest>): read is StartRequest =>
  Object.values(read).every(value => value !== null);

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value.toWellFormed() : null);

/** A `null` among texts counts as an empty one. */
function textsOf(value: unknown): readonly string[] | null {
  if (!Array.isArray(value)) return null;
  const texts = value.map((item: unknown) => (item === null ? '' : item));
  return texts.every(item => typeof item === 'string') ? texts.map(item => item.toWellFormed()) : null;
}

/** Also the two letters beyond ASCII that are another case of one within. */
const folded = (name: string): string => name.toUpperCase().toLowerCase();

/** The members of the object that the text begins with, in their order, doubled ones included; null when it is none. */
function membersOf(text: string): readonly (readonly [name: string, value: unknown])[] | null {
  const marks = text.startsWith('{') ? marksOf(text) : null;
  if (marks === null) return null;
  try {
    JSON.parse(text.slice(0, (marks.at(-1) ?? 0) + 1));
    const members: [name: string, value: unknown][] = [];
    for (let at = 0; at + 2 < marks.length; at += 2) {
      const [start = 0, colon = 0, end = 0] = marks.slice(at, at + 3);
      const name: unknown = JSON.parse(text.slice(start + 1, colon));
      members.push([String(name), JSON.parse(text.slice(colon + 1, end))]);
    }
    return members;
  } catch {
    return null;
  }
}

/** Where the members of an object begin, part from their values and end: at its own `{`, `:`, `,` and `}`. */
function marksOf(text: string): readonly number[] | null {
  const marks: number[] = [];
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text.charAt(at);
    if (sign === '"') at = endOfString(text, at);
    if (sign === '{' || sign === '[') depth += 1;
    if (depth > deepest) return null;
    if (depth === 1 && '{:,}'.includes(sign)) marks.push(at);
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth === 0) return marks;
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1;
  return at;
}
