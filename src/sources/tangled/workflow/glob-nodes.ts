import { SignalboxError } from '../../../domain/errors.ts';
import { cut } from '../../../domain/shown.ts';

/** One place of a pattern, linked with where matching goes on from there. */
export type GlobNode = {
  /** Tells it from the other places of its pattern. */
  readonly id: number;
  /** Whether from here on the pattern matches nothing as well: `src/**` is `src`, too. */
  readonly matchesNothing: boolean;
} & (
  | { readonly kind: 'end' }
  /** One character. Behind a `/` that the pattern itself has, a segment starts. */
  | {
      readonly kind: 'one';
      readonly is: (character: string) => boolean;
      readonly isSlash: boolean;
      readonly next: GlobNode;
    }
  /** Any characters but `/`. */
  | { readonly kind: 'star'; readonly inside: GlobNode }
  | { readonly kind: 'inside star'; readonly next: GlobNode }
  /** `**`: at the start of a segment `whole`, where that is something; a star elsewhere. */
  | { readonly kind: 'stars'; readonly inside: GlobNode; readonly whole: Whole | null }
  | Whole
  | { readonly kind: 'group'; readonly options: readonly GlobNode[] }
);

/** What a `**` that is a whole segment stands for. */
type Whole = {
  readonly id: number;
  readonly matchesNothing: boolean;
} /** With a `/` behind it: any number of whole segments. */ & (
  | { readonly kind: 'segments'; readonly next: GlobNode }
  /** As the last one: whatever follows. */
  | { readonly kind: 'rest' }
);

type Token =
  | { readonly kind: 'text'; readonly character: string }
  | { readonly kind: 'any' | 'star' | 'stars' }
  | { readonly kind: 'class'; readonly is: (character: string) => boolean }
  | { readonly kind: 'group'; readonly options: readonly (readonly Token[])[] };

/** Nobody writes a longer pattern by hand; it bounds how deep groups nest, and with it the stack. */
const longestPattern = 1_000;

/** Reads a pattern of Go's doublestar v4; throws `invalid` where that finds it malformed. */
export function globNodes(pattern: string): GlobNode {
  const characters = Array.from(pattern);
  if (characters.length > longestPattern)
    throw broken(pattern, `it is longer than ${longestPattern} characters`);
  const reader = { pattern, characters, at: 0 };
  return link(readTokens(reader, 0));
}

interface Reader {
  readonly pattern: string;
  readonly characters: readonly string[];
  at: number;
}

/** Up to the `,` or `}` that ends an option, or to the end. */
function readTokens(reader: Reader, depth: number): Token[] {
  const { characters } = reader;
  const tokens: Token[] = [];
  for (;;) {
    const character = characters[reader.at];
    if (character === undefined || (depth > 0 && (character === ',' || character === '}'))) return tokens;
    reader.at += 1;
    switch (character) {
      case '*':
        if (characters[reader.at] === '*') {
          reader.at += 1;
          tokens.push({ kind: 'stars' });
        } else tokens.push({ kind: 'star' });
        break;
      case '?':
        tokens.push({ kind: 'any' });
        break;
      case '[':
        tokens.push({ kind: 'class', is: readClass(reader) });
        break;
      case '{':
        tokens.push({ kind: 'group', options: readOptions(reader, depth + 1) });
        break;
      case '}':
        throw broken(reader.pattern, 'there is a "}" without its "{"');
      case '\\':
        tokens.push({ kind: 'text', character: escaped(reader) });
        break;
      default:
        tokens.push({ kind: 'text', character });
    }
  }
}

function readOptions(reader: Reader, depth: number): Token[][] {
  const options: Token[][] = [];
  for (;;) {
    options.push(readTokens(reader, depth));
    const character = reader.characters[reader.at];
    if (character === undefined) throw broken(reader.pattern, 'there is a "{" without its "}"');
    reader.at += 1;
    if (character === '}') return options;
  }
}

/** Behind its `[`. Unlike elsewhere, `/` may be one of its characters. */
function readClass(reader: Reader): (character: string) => boolean {
  const { characters, pattern } = reader;
  const open = (): SignalboxError => broken(pattern, 'there is a "[" without its "]", or nothing in between');
  const negated = characters[reader.at] === '!' || characters[reader.at] === '^';
  if (negated) reader.at += 1;
  if (characters[reader.at] === ']') throw open();
  const take = (): string => {
    const character = characters[reader.at];
    if (character === undefined) throw open();
    reader.at += 1;
    return character === '\\' ? escaped(reader) : character;
  };
  const ranges: { readonly from: string; readonly to: string }[] = [];
  while (characters[reader.at] !== ']') {
    const from = take();
    const isRange = characters[reader.at] === '-' && (characters[reader.at + 1] ?? ']') !== ']';
    if (isRange) reader.at += 1;
    ranges.push({ from, to: isRange ? take() : from });
  }
  reader.at += 1;
  return character => ranges.some(range => isWithin(character, range)) !== negated;
}

const codeOf = (character: string): number => character.codePointAt(0) ?? 0;
const isWithin = (character: string, { from, to }: { readonly from: string; readonly to: string }): boolean =>
  codeOf(from) <= codeOf(character) && codeOf(character) <= codeOf(to);

function escaped(reader: Reader): string {
  const character = reader.characters[reader.at];
  if (character === undefined) throw broken(reader.pattern, 'it ends with a "\\" that escapes nothing');
  reader.at += 1;
  return character;
}

const broken = (pattern: string, why: string): SignalboxError =>
  new SignalboxError('invalid', `the pattern ${JSON.stringify(cut(pattern))} is malformed: ${why}`);

/** Tokens as a chain, made from its end, so that options share what follows their group. */
function link(all: readonly Token[]): GlobNode {
  let ids = 0;
  const id = (): number => ids++;
  const end: GlobNode = { kind: 'end', id: id(), matchesNothing: true };

  const chain = (tokens: readonly Token[], after: GlobNode): GlobNode =>
    tokens.reduceRight((next, token) => nodeOf(token, next), after);

  function nodeOf(token: Token, next: GlobNode): GlobNode {
    switch (token.kind) {
      case 'text':
        return text(token.character, next);
      case 'any':
        return { ...one, id: id(), is: it => it !== '/', next };
      case 'class':
        return { ...one, id: id(), is: token.is, next };
      case 'star':
        return { kind: 'star', id: id(), inside: inside(next), matchesNothing: next === end };
      case 'stars':
        return stars(next);
      case 'group': {
        const options = token.options.map(option => chain(option, next));
        const matchesNothing = options.some(option => option.matchesNothing);
        return { kind: 'group', id: id(), options, matchesNothing };
      }
    }
  }

  function text(character: string, next: GlobNode): GlobNode {
    const isSlash = character === '/';
    const matchesNothing = isSlash && next.kind === 'stars' && next.matchesNothing;
    return { kind: 'one', id: id(), is: it => it === character, isSlash, next, matchesNothing };
  }

  function stars(next: GlobNode): GlobNode {
    const behindSlash = next.kind === 'one' && next.isSlash ? next.next : null;
    const matchesNothing = next === end || behindSlash === end;
    return { kind: 'stars', id: id(), inside: inside(next), whole: whole(next, behindSlash), matchesNothing };
  }

  function whole(next: GlobNode, behindSlash: GlobNode | null): Whole | null {
    if (next === end) return { kind: 'rest', id: id(), matchesNothing: true };
    return behindSlash && { kind: 'segments', id: id(), next: behindSlash, matchesNothing: false };
  }

  const inside = (next: GlobNode): GlobNode => ({
    kind: 'inside star',
    id: id(),
    next,
    matchesNothing: next.matchesNothing,
  });

  return chain(all, end);
}

const one = { kind: 'one', isSlash: false, matchesNothing: false } as const;
