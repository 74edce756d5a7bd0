import { cut } from '../../../domain/shown.ts';
import { nearest } from '../../../lib/nearest.ts';
import { compareBytes } from '../render.ts';
import { type Node, Refusal } from './node.ts';
import { scalarText } from './scalar.ts';

/** A way into the file by the names that the documentation uses: `[0, "trigger-rule", "match", "regex"]`. */
export type Path = readonly (string | number)[];

/** What is noted while a file is read. */
export interface Notes {
  /** Where a value stands. */
  found(path: Path, at: number): void;
  /** A rule that does not count, because another one in the same object does. */
  ignored(path: Path, counts: string): void;
  /** Something that the original program reads otherwise: see `ExtraValue`. */
  extra(path: Path, kind: 'reference' | 'list'): void;
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
  /** Whether it is there, and not null. */
  has(name: string): boolean;
  /** The value as it is read; null when it is absent or null. */
  nested<T>(name: string, read: (node: Node, path: Path) => T): T | null;
}

/** Notes to whom a property that means nothing is a mistake: where no old file can have one. */
export const demanding = (notes: Notes): Notes => ({
  ...notes,
  unknown(path, at, known) {
    const name = String(path.at(-1));
    throw new Refusal(`nothing is called "${cut(name)}"; ${otherName(name, known)}`, at);
  },
});

/** What could be meant by a name that is not known. */
export function otherName(name: string, known: readonly string[]): string {
  const meant = nearest(name, known);
  return meant === null ? `known here: ${known.join(', ')}` : `did you mean "${meant}"?`;
}

/**
 * Reads a map whose properties may be written in any letter case; of several spellings the last in the order of bytes
 * counts. A null is as good as an absent map. Throws a `Refusal`.
 */
export function readProperties(notes: Notes, node: Node, path: Path, known: readonly string[]): Properties {
  const found = propertiesOf(notes, node, path, known);
  const refuse = (name: string, wanted: string, node: Node): never => {
    throw new Refusal(`"${name}" takes ${wanted}, not ${kindOf(node)}`, node.at);
  };
  return {
    text(name) {
      const node = found.get(name);
      if (node === undefined) return '';
      return (node.kind === 'scalar' ? scalarText(node.scalar) : null) ?? refuse(name, 'a text', node);
    },
    flag(name) {
      const node = found.get(name);
      if (node === undefined) return false;
      if (node.kind === 'scalar' && node.scalar.type === 'boolean') return node.scalar.value;
      return refuse(name, 'true or false, without quotes', node);
    },
    integer(name) {
      const node = found.get(name);
      if (node === undefined) return 0;
      const isNumber =
        node.kind === 'scalar' && (node.scalar.type === 'integer' || node.scalar.type === 'float');
      const value = isNumber ? Number(node.scalar.value) : Number.NaN;
      return Number.isSafeInteger(value) ? value : refuse(name, 'a whole number, without quotes', node);
    },
    list(name, read) {
      const node = found.get(name);
      if (node === undefined) return [];
      const items = node.kind === 'list' ? node.items : refuse(name, 'a list', node);
      return items.map((item, n) => {
        const at: Path = [...path, name, n];
        notes.found(at, item.at);
        return read(item, at);
      });
    },
    has: name => found.has(name),
    nested(name, read) {
      const node = found.get(name);
      return node === undefined ? null : read(node, [...path, name]);
    },
  };
}

/** Those that are there and not null, by the names that the documentation uses. */
function propertiesOf(
  notes: Notes,
  node: Node,
  path: Path,
  known: readonly string[],
): ReadonlyMap<string, Node> {
  const found = new Map<string, Node>();
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
      found.set(name, entry.value);
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
