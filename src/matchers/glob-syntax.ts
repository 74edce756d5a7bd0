import type { Flaw } from '../domain/condition.ts';

/** One step of a glob. `crosses`: a slash is a character like any other. */
export type Token =
  | { readonly kind: 'char'; readonly char: string }
  | { readonly kind: 'one'; readonly crosses: boolean }
  | { readonly kind: 'run'; readonly crosses: boolean }
  | {
      readonly kind: 'class';
      readonly negated: boolean;
      readonly ranges: readonly (readonly [from: string, to: string])[];
    }
  /** A `**` with its slash: any number of whole segments, also none. */
  | { readonly kind: 'folders' };

export type ParsedGlob =
  | { readonly result: 'glob'; readonly alternatives: readonly (readonly Token[])[] }
  | { readonly result: 'flaw'; readonly flaw: Flaw };

/** No honest pattern is longer, and braces multiply: both bound what one match can cost. */
const longestPattern = 256;
const mostAlternatives = 64;

/**
 * Reads a glob: `*` and `?` stay within a path segment, `**` crosses segments, `[a-z]`, `[!a]`, `{a,b}`, and `\` before
 * a character that is meant literally.
 */
export function parseGlob(pattern: string): ParsedGlob {
  if (pattern === '') return { result: 'flaw', flaw: { message: 'the pattern is empty', offset: 0 } };
  if (pattern.length > longestPattern)
    return {
      result: 'flaw',
      flaw: { message: `the pattern is longer than ${longestPattern} characters`, offset: longestPattern },
    };
  const reader: Reader = { pattern, at: 0 };
  const read = readSequence(reader, false);
  if ('message' in read) return { result: 'flaw', flaw: read };
  return { result: 'glob', alternatives: read.map(joinStars) };
}

interface Reader {
  readonly pattern: string;
  at: number;
}
/** A star as it is written; what it means depends on its neighbours, which braces may bring. */
type Raw = Exclude<Token, { kind: 'run' | 'folders' }> | { readonly kind: 'stars'; readonly count: number };
type Sequences = readonly (readonly Raw[])[];

function readSequence(reader: Reader, inBraces: boolean): Sequences | Flaw {
  let sequences: Sequences = [[]];
  while (reader.at < reader.pattern.length) {
    const char = String.fromCodePoint(reader.pattern.codePointAt(reader.at) ?? 0);
    if (inBraces && (char === ',' || char === '}')) return sequences;
    const read = char === '{' ? readBraces(reader) : readOne(reader, char);
    if ('message' in read) return read;
    const offset = reader.at;
    sequences = sequences.flatMap(before => read.map(after => [...before, ...after]));
    if (sequences.length > mostAlternatives)
      return { message: `the braces give more than ${mostAlternatives} alternatives`, offset };
  }
  return sequences;
}

function readBraces(reader: Reader): Sequences | Flaw {
  const start = reader.at;
  const all: (readonly Raw[])[] = [];
  let parts = 0;
  do {
    reader.at += 1;
    const part = readSequence(reader, true);
    if ('message' in part) return part;
    if (reader.at >= reader.pattern.length) return { message: 'this { is never closed', offset: start };
    all.push(...part);
    parts += 1;
  } while (reader.pattern[reader.at] === ',');
  reader.at += 1;
  // As in a shell, braces without a comma are themselves.
  return parts > 1
    ? all
    : all.map(only => [{ kind: 'char', char: '{' }, ...only, { kind: 'char', char: '}' }]);
}

function readOne(reader: Reader, char: string): Sequences | Flaw {
  const { pattern, at } = reader;
  reader.at += char.length;
  if ('?*+@!'.includes(char) && pattern[at + 1] === '(')
    return {
      message: `${char}(…) is not known here: write {a,b} for alternatives, \\( for a parenthesis`,
      offset: at,
    };
  switch (char) {
    case '*':
      while (pattern[reader.at] === '*') reader.at += 1;
      return [[{ kind: 'stars', count: reader.at - at }]];
    case '?':
      return [[{ kind: 'one', crosses: false }]];
    case '[':
      return readClass(reader, at);
    case '\\': {
      const escaped = pattern.codePointAt(reader.at);
      if (escaped === undefined) return { message: 'nothing follows the \\', offset: at };
      reader.at += String.fromCodePoint(escaped).length;
      return [[{ kind: 'char', char: String.fromCodePoint(escaped) }]];
    }
    default:
      return [[{ kind: 'char', char }]];
  }
}

function readClass(reader: Reader, start: number): Sequences | Flaw {
  const [all, sign, inner] = /^\[([!^]?)(\]?[^\]]*)\]/u.exec(reader.pattern.slice(start)) ?? [];
  if (all === undefined || inner === undefined || inner === '')
    return { message: 'this [ is never closed: write \\[ for a bracket', offset: start };
  reader.at = start + all.length;
  const ranges = [...inner.matchAll(/(.)-(.)|(.)/gsu)].map(
    ([, from, to, one]) => [from ?? one ?? '', to ?? one ?? ''] as const,
  );
  return [[{ kind: 'class', negated: sign !== '', ranges }]];
}

/** Tells `*`, `**` and `**` with a slash apart. A star that is a whole segment does not match an empty one. */
function joinStars(raw: readonly Raw[]): readonly Token[] {
  const isSlash = (token: Raw | undefined) =>
    token === undefined || (token.kind === 'char' && token.char === '/');
  const tokens: Token[] = [];
  for (let at = 0; at < raw.length; at += 1) {
    const token = raw[at];
    if (token === undefined) break;
    if (token.kind !== 'stars') {
      tokens.push(token);
      continue;
    }
    const crosses = token.count > 1;
    const isSegment = isSlash(raw[at - 1]) && isSlash(raw[at + 1]);
    if (isSegment && crosses && at + 1 < raw.length) {
      tokens.push({ kind: 'folders' });
      at += 1;
      continue;
    }
    if (isSegment) tokens.push({ kind: 'one', crosses });
    tokens.push({ kind: 'run', crosses });
  }
  return tokens;
}
