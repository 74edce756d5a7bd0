import { compareBytes } from '../render.ts';
import { type Entry, type Node, Refusal } from './node.ts';
import { scalarText } from './scalar.ts';

/** A way into the file by the names that the documentation uses: `[0, "trigger-rule", "match", "regex"]`. */
export type Path = readonly (string | number)[];

/** What is noted while a file is read. */
export interface Notes {
  /** Where a value stands. */
  found(path: Path, at: number): void;
  /** A rule that does not count, because another one in the same object does. */
  ignored(path: Path, counts: string): void;
  /** A property that means nothing; `known` are those that do at its place. */
  unknown(path: Path, at: number, known: readonly string[]): void;
}

/** The properties of a map, asked for by name. */
export interface Properties {
  text(name: string): string;
  flag(name: string): boolean;
  integer(name: string): number;
  /** Each item of a list; none when there is no list. */
  list<T>(name: string, read: (item: Node, path: Path) => T): readonly T[];
  /** The value, unless it is absent or null. */
  value(name: string): { readonly node: Node; readonly path: Path } | null;
}

/**
 * Reads a map whose properties may be written in any letter case; of several spellings the last in the order of bytes
 * counts. A null is as good as an absent map. Throws a `Refusal`.
 */
export function readProperties(notes: Notes, node: Node, path: Path, known: readonly string[]): Properties {
  const found = propertiesOf(notes, node, path, known);
  const value = (name: string): Entry | undefined => found.get(name);
  const scalar = (name: string) => {
    const entry = value(name);
    if (entry === undefined || isNull(entry.value)) return null;
    return { at: entry.value.at, scalar: entry.value.kind === 'scalar' ? entry.value.scalar : null, entry };
  };
  return {
    text(name) {
      const given = scalar(name);
      if (given === null) return '';
      const text = given.scalar === null ? null : scalarText(given.scalar);
      if (text === null)
        throw new Refusal(`"${name}" takes a text, not ${kindOf(given.entry.value)}`, given.at);
      return text;
    },
    flag(name) {
      const given = scalar(name);
      if (given === null) return false;
      if (given.scalar?.type === 'boolean') return given.scalar.value;
      throw new Refusal(
        `"${name}" takes true or false, without quotes, not ${kindOf(given.entry.value)}`,
        given.at,
      );
    },
    integer(name) {
      const given = scalar(name);
      if (given === null) return 0;
      const { scalar: number } = given;
      const size = number?.type === 'integer' || number?.type === 'float' ? Number(number.value) : Number.NaN;
      if (Number.isSafeInteger(size)) return size;
      throw new Refusal(
        `"${name}" takes a whole number, without quotes, not ${kindOf(given.entry.value)}`,
        given.at,
      );
    },
    list(name, read) {
      const given = scalar(name);
      if (given === null) return [];
      return itemsOf(given.entry.value, name).map((item, n) => {
        const at: Path = [...path, name, n];
        notes.found(at, item.at);
        return read(item, at);
      });
    },
    value(name) {
      const given = scalar(name);
      return given === null ? null : { node: given.entry.value, path: [...path, name] };
    },
  };
}

/** The items of a list; throws a `Refusal` for anything else. */
export function itemsOf(node: Node, name: string): readonly Node[] {
  if (node.kind === 'list') return node.items;
  throw new Refusal(`"${name}" takes a list, not ${kindOf(node)}`, node.at);
}

function propertiesOf(
  notes: Notes,
  node: Node,
  path: Path,
  known: readonly string[],
): ReadonlyMap<string, Entry> {
  const found = new Map<string, Entry>();
  if (isNull(node)) return found;
  if (node.kind !== 'map')
    throw new Refusal(`an object ({"name": value, …}) belongs here, not ${kindOf(node)}`, node.at);
  for (const written of [...node.entries.keys()].sort(compareBytes)) {
    const entry = node.entries.get(written);
    if (entry === undefined) continue;
    const name = known.find(name => name === written.toLowerCase());
    if (name === undefined) notes.unknown([...path, written], entry.at, known);
    else if (!isNull(entry.value)) {
      notes.found([...path, name], entry.value.at);
      found.set(name, entry);
    }
  }
  return found;
}

const isNull = (node: Node): boolean => node.kind === 'scalar' && node.scalar.type === 'null';

function kindOf(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'an object';
  switch (node.scalar.type) {
    case 'null':
      return 'nothing';
    case 'boolean':
      return String(node.scalar.value);
    case 'integer':
    case 'float':
      return 'a number';
    case 'text':
      return 'a text';
  }
}
