import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  type YAMLMap,
  type Scalar as YamlScalar,
} from 'yaml';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { cut } from '../../../domain/shown.ts';

/** A value of a workflow file: aliases followed, merges done. */
export type Tree = {
  /** Where it stands, counted from 1. */
  readonly line: number;
} & (
  | {
      readonly kind: 'scalar';
      /** As it is written: `18.10` stays that. */
      readonly text: string;
      readonly value: null | boolean | number | string;
    }
  | { readonly kind: 'list'; readonly items: readonly Tree[] }
  | { readonly kind: 'map'; readonly entries: ReadonlyMap<string, Tree> }
);

/** No workflow is as long by far, and of some texts reading twice as much takes four times as long. */
const longestCharacters = 64 * 1024;
/** How much may still be read of the files of one pipeline. */
export interface Reading {
  /** Characters. */
  left: number;
}

/** Of some texts a kilobyte takes three milliseconds, in which nothing else happens here: together, two seconds. */
export const usualReading: number = 512 * 1024;

/** A few lines of anchors can stand for gigabytes; no workflow has as many values, or as much text, or nests as deeply. */
const mostValues = 20_000;
const mostText = 4 * longestCharacters;
const deepest = 100;

/** Reads YAML; null when there is nothing in it. Throws `invalid`, with the line, for what cannot be read. */
export function readTree(text: string, reading: Reading): Tree | null {
  if (text.length > longestCharacters)
    throw new SignalboxError('invalid', `it is longer than ${longestCharacters / 1024} KiB`);
  reading.left -= text.length;
  if (reading.left < 0)
    throw new SignalboxError(
      'invalid',
      `the files before it are so long that it is not read: together, ${usualReading / 1024} KiB are`,
    );
  const lines = new LineCounter();
  const document = parse(text, lines);
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const [error] = document.errors;
  if (error?.code === 'RESOURCE_EXHAUSTION') throw tooDeep();
  if (error?.code === 'MULTIPLE_DOCS')
    throw wrong(lineAt(error.pos[0]), 'a second document begins: a workflow file has one');
  if (error !== undefined) throw wrong(lineAt(error.pos[0]), cut(error.message, 200));
  return document.contents === null ? null : treeOf(document, lineAt);
}

/** What is wrong in a line of a workflow file. */
export const wrong = (line: number, what: string): SignalboxError =>
  new SignalboxError('invalid', `line ${line}: ${what}`);

const tooDeep = (): SignalboxError => new SignalboxError('invalid', 'it is nested too deeply');

/** As JSON, for whoever knows what it means. */
export function jsonOf(tree: Tree): Json {
  switch (tree.kind) {
    case 'scalar':
      // JSON has no infinity.
      return typeof tree.value === 'number' && !Number.isFinite(tree.value) ? tree.text : tree.value;
    case 'list':
      return tree.items.map(jsonOf);
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, value]) => [key, jsonOf(value)]));
  }
}

function parse(text: string, lineCounter: LineCounter): Document.Parsed {
  try {
    return parseDocument(text, {
      schema: 'core',
      prettyErrors: false,
      // Done below: the library compares each key with every other one.
      uniqueKeys: false,
      lineCounter,
    });
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep();
    throw error;
  }
}

function treeOf(document: Document.Parsed, lineAt: (offset: number) => number): Tree {
  let values = 0;
  let characters = 0;
  /** Those that stand before what is being read; the last of equal names counts. */
  const anchors = new Map<string, unknown>();

  function of(yaml: unknown, depth: number, around: number): Tree {
    const isNode = isAlias(yaml) || isScalar(yaml) || isSeq(yaml) || isMap(yaml);
    const line = isNode && yaml.range ? lineAt(yaml.range[0]) : around;
    values += 1;
    if (depth > deepest) throw tooDeep();
    if (values > mostValues) throw wrong(line, `there are more than ${mostValues} values, anchors followed`);
    if (isAlias(yaml)) {
      if (!anchors.has(yaml.source)) throw wrong(line, `there is no anchor "${cut(yaml.source)}"`);
      return of(anchors.get(yaml.source), depth + 1, line);
    }
    if (isNode && yaml.anchor !== undefined) anchors.set(yaml.anchor, yaml);
    if (isSeq(yaml)) return { kind: 'list', line, items: yaml.items.map(item => of(item, depth + 1, line)) };
    if (isMap(yaml)) return { kind: 'map', line, entries: entriesOf(yaml, depth, line) };
    if (!isScalar(yaml)) return { kind: 'scalar', line, text: '', value: null };
    const scalar = scalarOf(yaml, line);
    characters += scalar.text.length;
    if (characters > mostText)
      throw wrong(line, `there are more than ${mostText / 1024} KiB of text, anchors followed`);
    return scalar;
  }

  function entriesOf({ items }: YAMLMap, depth: number, line: number): ReadonlyMap<string, Tree> {
    const merged = new Map<string, Tree>();
    const own = new Map<string, Tree>();
    for (const { key, value } of items) {
      const tree = of(value, depth + 1, line);
      if (isScalar(key) && key.type === 'PLAIN' && key.source === '<<')
        for (const [name, entry] of entriesToMerge(tree)) merged.set(name, entry);
      else {
        const name = keyOf(of(key, depth + 1, line));
        if (own.has(name)) throw wrong(tree.line, `the key "${cut(name)}" is there twice`);
        own.set(name, tree);
      }
    }
    return new Map([...merged, ...own]);
  }

  return of(document.contents, 0, 1);
}

/** Of several maps the first that has a key gives its value. */
function entriesToMerge(tree: Tree): Iterable<readonly [string, Tree]> {
  switch (tree.kind) {
    case 'map':
      return tree.entries;
    case 'list':
      return tree.items.toReversed().flatMap(item => [...entriesToMerge(item)]);
    case 'scalar':
      throw wrong(tree.line, '"<<" takes a map, or a list of maps');
  }
}

function keyOf(tree: Tree): string {
  if (tree.kind !== 'scalar') throw wrong(tree.line, 'a key is a text');
  return tree.text;
}

function scalarOf({ type, source, value }: YamlScalar, line: number): Extract<Tree, { kind: 'scalar' }> {
  const own = typeof value === 'string' ? wellFormed(value) : value;
  const text = type === 'PLAIN' ? source : own;
  const known = typeof own === 'boolean' || typeof own === 'number' || typeof own === 'string';
  return {
    kind: 'scalar',
    line,
    text: typeof text === 'string' ? wellFormed(text) : '',
    value: known ? own : null,
  };
}

/** An escape can write half a surrogate pair, which no store keeps. */
const wellFormed = (text: string): string => text.toWellFormed();
