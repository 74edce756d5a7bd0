import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type YAMLMap,
  type Scalar as YamlScalar,
} from 'yaml';
import type { Behaviour } from '../deviations.ts';
import { type Entry, type Node, Refusal, type Scalar } from './node.ts';
import { plainScalar, scalarText } from './scalar.ts';

/** A few lines of anchors can stand for gigabytes; no hooks file has as many values, or nests as deeply. */
const mostNodes = 200_000;
const deepest = 100;

/** The document as plain nodes: aliases followed, merges done, of equal keys the last. Throws a `Refusal`. */
export function nodesOf(behaviour: Behaviour, document: Document.Parsed, text: string): Node | null {
  if (document.contents === null) return null;
  let nodes = 0;
  /** Those that stand before what is being read; the last of equal names counts. */
  const anchors = new Map<string, unknown>();
  const seen = new WeakSet<object>();

  function nodeOf(yaml: unknown, depth: number, around: number): Node {
    const at = startOf(yaml) ?? around;
    nodes += 1;
    if (depth > deepest) throw new Refusal('nested too deeply', at);
    if (nodes > mostNodes)
      throw new Refusal(`there are more than ${mostNodes} values in it, anchors followed`, at);
    if (isAlias(yaml)) {
      const target = anchors.get(yaml.source);
      if (target === undefined)
        throw new Refusal(`there is no anchor "${yaml.source}"; text that begins with "*" needs quotes`, at);
      return nodeOf(target, depth + 1, at);
    }
    remember(yaml);
    if (isSeq(yaml)) return { kind: 'list', items: yaml.items.map(item => nodeOf(item, depth + 1, at)), at };
    if (isMap(yaml)) return { kind: 'map', entries: entriesOf(yaml, depth, at), at };
    if (isScalar(yaml)) return { kind: 'scalar', scalar: scalarOf(behaviour, yaml, text, at), at };
    return { kind: 'scalar', scalar: { type: 'null' }, at };
  }

  function remember(yaml: unknown): void {
    if (!isScalar(yaml) && !isSeq(yaml) && !isMap(yaml)) return;
    if (yaml.anchor !== undefined && !seen.has(yaml)) anchors.set(yaml.anchor, yaml);
    seen.add(yaml);
  }

  function entriesOf({ items }: YAMLMap, depth: number, around: number): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const pair of items) {
      const at = startOf(pair.key) ?? around;
      refuseLongKey(pair.key, text, at);
      const value = nodeOf(pair.value, depth + 1, at);
      if (isMerge(pair)) for (const [name, entry] of merged(value)) entries.set(name, entry);
      else entries.set(keyOf(nodeOf(pair.key, depth + 1, at)), { value, at });
    }
    return entries;
  }

  return nodeOf(document.contents, 0, 0);
}

function startOf(yaml: unknown): number | undefined {
  return isScalar(yaml) || isMap(yaml) || isSeq(yaml) || isAlias(yaml) ? yaml.range?.[0] : undefined;
}

/** A key that goes on in the next line is one that swallowed a comment, or the next key. */
function refuseLongKey(key: unknown, text: string, at: number): void {
  const [start = 0, end = 0] = isScalar(key) ? (key.range ?? []) : [];
  if (!text.slice(start, end).trim().includes('\n')) return;
  const isComment = text.startsWith('//', at);
  throw new Refusal(isComment ? commentSign : 'a key stands on one line: is a comma or a ":" missing?', at);
}

const isMerge = ({ key }: Pair): boolean => isScalar(key) && key.type === 'PLAIN' && key.value === '<<';

/** Of several maps the first that has a key gives its value. */
function merged(node: Node): Iterable<readonly [name: string, entry: Entry]> {
  switch (node.kind) {
    case 'map':
      return node.entries;
    case 'list':
      return node.items.toReversed().flatMap(item => [...merged(item)]);
    case 'scalar':
      throw new Refusal('"<<" takes a map, or a list of maps', node.at);
  }
}

function keyOf(node: Node): string {
  const text = node.kind === 'scalar' ? scalarText(node.scalar) : null;
  if (text === null) throw new Refusal('a key is a text', node.at);
  return text;
}

/** What is to be said where somebody wrote a comment of JavaScript. */
export const commentSign = 'a comment begins with "#" here, not with "//"';

const tagPrefix = 'tag:yaml.org,2002:';

function scalarOf(behaviour: Behaviour, yaml: YamlScalar, text: string, at: number): Scalar {
  const value = valueOf(yaml, text).toWellFormed();
  if (yaml.type === 'QUOTE_DOUBLE' && !behaviour.has('jsonEscapes'))
    refuseJsonEscapes(text.slice(at, yaml.range?.[1]), at);
  const tag = yaml.tag?.startsWith(tagPrefix) ? yaml.tag.slice(tagPrefix.length) : yaml.tag;
  switch (tag) {
    case undefined:
      return yaml.type === 'PLAIN' ? plainScalar(value) : { type: 'text', value };
    case 'binary':
      return { type: 'text', value: Buffer.from(value, 'base64').toString() };
    case 'bool':
    case 'int':
    case 'float':
    case 'null':
      return plainScalar(value);
    default:
      return { type: 'text', value };
  }
}

/** A block at the end of a file that ends without a line end has none either. */
function valueOf({ type, value, range }: YamlScalar, text: string): string {
  if (typeof value !== 'string') return '';
  const isLast = type?.startsWith('BLOCK') && range?.[1] === text.length && !text.endsWith('\n');
  return isLast ? value.replace(/\n$/, '') : value;
}

/** The original's reader knows the escapes of YAML 1.1 alone, and takes no half of a surrogate pair. */
function refuseJsonEscapes(raw: string, at: number): void {
  for (const { 0: escape, index } of raw.matchAll(/\\(?:u[0-9a-fA-F]{4}|[^])/g))
    if (escape === '\\/' || /^\\u[dD][89a-fA-F]/.test(escape))
      throw new Refusal(`the escape ${escape} is not known`, at + index);
}
