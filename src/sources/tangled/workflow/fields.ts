import { type Tree, wrong } from './tree.ts';

/** The values of a map by their keys. What is left out, or empty, is null; so are the fields of nothing. */
export type Fields = (key: string) => Tree | null;

/** Each reader throws `invalid`, with the line, for a value of another kind. `what` names it: `steps`, `clone.depth`. */
export function fieldsOf(tree: Tree | null, what: string): Fields {
  if (tree === null) return () => null;
  if (tree.kind !== 'map') throw wrong(tree.line, `${what} takes a map of keys and values`);
  return key => given(tree.entries.get(key));
}

const given = (tree: Tree | undefined): Tree | null =>
  tree === undefined || (tree.kind === 'scalar' && tree.value === null) ? null : tree;

export function itemsOf(tree: Tree | null, what: string): readonly Tree[] {
  if (tree === null) return [];
  if (tree.kind !== 'list') throw wrong(tree.line, `${what} takes a list`);
  return tree.items;
}

export function textOf(tree: Tree | null, what: string): string {
  if (tree === null) return '';
  if (tree.kind !== 'scalar') throw wrong(tree.line, `${what} takes a text`);
  if (tree.text.includes('\0'))
    throw wrong(tree.line, `${what} holds a NUL character, which no program can be given`);
  return tree.text;
}

/** One text, or a list of them. */
export function textsOf(tree: Tree | null, what: string): readonly string[] {
  if (tree === null) return [];
  return tree.kind === 'list' ? tree.items.map(item => textOf(item, what)) : [textOf(tree, what)];
}

export function textMapOf(tree: Tree | null, what: string): Readonly<Record<string, string>> {
  if (tree === null) return {};
  if (tree.kind !== 'map') throw wrong(tree.line, `${what} takes names and values`);
  return Object.fromEntries(
    [...tree.entries].map(([name, value]) => {
      if (/^$|[=\0]/.test(name))
        throw wrong(value.line, `${what} has ${JSON.stringify(name)}, which is no name`);
      return [name, textOf(given(value), what)];
    }),
  );
}

/** With the words that YAML 1.1 has for it, which Go reads as well. */
export function flagOf(tree: Tree | null, what: string): boolean | null {
  if (tree === null) return null;
  const word = textOf(tree, what).toLowerCase();
  if (['true', 'yes', 'on', 'y'].includes(word)) return true;
  if (['false', 'no', 'off', 'n'].includes(word)) return false;
  throw wrong(tree.line, `${what} is true or false`);
}

export function countOf(tree: Tree | null, what: string): number | null {
  if (tree === null) return null;
  const text = textOf(tree, what);
  // Nobody has more commits, and git reads no longer number.
  if (!/^-?\d{1,9}$/.test(text)) throw wrong(tree.line, `${what} takes a whole number`);
  return Number(text);
}
