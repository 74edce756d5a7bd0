import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  type Scalar,
} from 'yaml';
import { type Finding, finding, type Path, type Place } from './problem.ts';
import { keyOf, mistakesIn, mostAliases, nestedTooDeeply, tooManyAliases } from './yaml-mistakes.ts';

/** A configuration is text that people write: more is a mistake, and slow to refuse later. */
const longestText = 1_000_000;

/** A text that stands as a value somewhere in the document. What is assigned to its node is what the document then says. */
export interface TextValue {
  readonly path: Path;
  readonly node: Scalar;
  readonly text: string;
}

/** A YAML 1.2 document that knows where everything stands. */
export interface YamlFile {
  /** Each once, also when aliases repeat it. */
  readonly texts: readonly TextValue[];
  /** The document as plain data, or why it cannot be had. */
  data(): { readonly value: unknown } | { readonly finding: Finding };
  /** The value's node, aliases followed. */
  nodeAt(path: Path): Node | undefined;
  /** The path as people would write it: a single value that is read as a list has no `[0]`. */
  writtenPath(path: Path): Path;
  /** The item of a list at the top that has this name, as it is written, as a list of one; undefined when there is none. */
  itemText(list: string, name: string): string | undefined;
  /** Where something is found; what is not there is where its nearest parent is. */
  place(finding: Pick<Finding, 'path' | 'at'>): Place;
}

export type ReadYaml =
  | { readonly result: 'read'; readonly file: YamlFile }
  | {
      readonly result: 'broken';
      readonly errors: readonly { readonly message: string; readonly place: Place }[];
    };

/** Reads a document; what is wrong with it is told in people's words, with its place. Never throws. */
export function readYaml(text: string): ReadYaml {
  const start = { line: 1, column: 1 };
  if (text.length > longestText)
    return { result: 'broken', errors: [{ message: 'the file is longer than 1 MB', place: start }] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: true,
    prettyErrors: false,
    uniqueKeys: false,
    lineCounter: lines,
  });
  const placeOf = (offset: number): Place => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const mistakes = mistakesIn(document);
  if (mistakes.length > 0)
    return { result: 'broken', errors: mistakes.map(({ message, at }) => ({ message, place: placeOf(at) })) };
  return {
    result: 'read',
    file: {
      texts: [...textsIn(document.contents, [])],
      data: () => dataOf(document),
      nodeAt: path => nodeAt(document, path).value,
      writtenPath: path =>
        typeof path.at(-1) === 'number' && isScalar(nodeAt(document, path.slice(0, -1)).value)
          ? path.slice(0, -1)
          : path,
      itemText: (list, name) => {
        const items = nodeAt(document, [list]).value;
        const item = isSeq(items)
          ? items.items.find(item => isMap(item) && item.get('name') === name)
          : undefined;
        if (!isMap(item) || !item.range) return undefined;
        const [start, end] = item.range;
        const indent = placeOf(start).column - 1;
        const lines = text.slice(start, end).trimEnd().split('\n');
        return `- ${lines.map((line, n) => (n === 0 ? line : `  ${line.slice(leading(line, indent))}`.trimEnd())).join('\n')}\n`;
      },
      place: ({ path, at }) => {
        const found = nodeAt(document, path);
        const node = (at === 'key' ? found.key : found.value) ?? found.key ?? found.parent;
        return placeOf((node?.range?.[0] ?? 0) + (at === 'key' ? 0 : offsetWithin(text, node, at)));
      },
    },
  };
}

/** How many of the first `most` characters are spaces. */
const leading = (line: string, most: number): number => Math.min(most, line.search(/[^ ]|$/));

function dataOf(document: Document): ReturnType<YamlFile['data']> {
  try {
    return { value: document.toJS({ maxAliasCount: mostAliases }) };
  } catch (error) {
    // Which it is shows in the class only: too many aliases are a ReferenceError, too deep a RangeError.
    if (error instanceof ReferenceError) return { finding: finding([], tooManyAliases) };
    const message = error instanceof Error ? error.message : String(error);
    return { finding: finding([], error instanceof RangeError ? nestedTooDeeply : message) };
  }
}

function* textsIn(node: unknown, path: Path): Generator<TextValue> {
  if (isScalar(node)) {
    if (typeof node.value === 'string') yield { path, node, text: node.value };
  } else if (isMap(node)) {
    for (const pair of node.items) yield* textsIn(pair.value, [...path, keyOf(pair)]);
  } else if (isSeq(node)) {
    for (const [n, item] of node.items.entries()) yield* textsIn(item, [...path, n]);
  }
}

interface Found {
  readonly key: Node | undefined;
  readonly value: Node | undefined;
  /** The last node on the way that does exist. */
  readonly parent: Node | undefined;
}

function nodeAt(document: Document, path: Path): Found {
  const resolve = (node: unknown): Node | undefined => {
    if (isAlias(node)) return node.resolve(document);
    return isScalar(node) || isMap(node) || isSeq(node) ? node : undefined;
  };
  let found: Found = { key: undefined, value: resolve(document.contents), parent: undefined };
  for (const step of path) {
    const parent = found.value ?? found.parent;
    if (isMap(found.value)) {
      const pair = found.value.items.find(pair => keyOf(pair) === String(step));
      found = { key: resolve(pair?.key), value: resolve(pair?.value), parent };
    } else if (isSeq(found.value)) {
      found = { key: undefined, value: resolve(found.value.items[Number(step)]), parent };
    } else {
      found = { key: undefined, value: undefined, parent };
    }
  }
  return found;
}

/** Exact where the text stands in the file as it is, letter by letter; else the beginning of the value. */
function offsetWithin(text: string, node: Node | undefined, offset: number): number {
  if (offset === 0 || !isScalar(node) || typeof node.value !== 'string' || !node.range) return 0;
  const quote = node.type === 'QUOTE_DOUBLE' || node.type === 'QUOTE_SINGLE' ? 1 : 0;
  const isVerbatim = text.startsWith(node.value, node.range[0] + quote);
  return isVerbatim ? quote + Math.min(offset, node.value.length) : 0;
}
