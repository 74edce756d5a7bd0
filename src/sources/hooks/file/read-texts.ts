import { lookUp, references } from '../../../lib/references.ts';
import { type HookReading, inHook } from './hook-reading.ts';
import { type Node, Refusal } from './node.ts';
import { scalarText } from './scalar.ts';
import type { Path, Properties } from './shape.ts';

export interface Texts {
  /** At least one; `""` alone where the file has none. */
  readonly texts: readonly string[];
  /** Whether one of them does not stand in the file, so that nobody may see it. */
  readonly hidden: boolean;
}

/**
 * A text that may also be a list of them, in which `${env:NAME}` and `${file:PATH}` stand for what is kept elsewhere: the
 * original program knows one text, as it is written. Throws a `Refusal`.
 */
export function readTexts(reading: HookReading, properties: Properties, name: string): Texts {
  if (!reading.behaviour.has('extraProperties')) return { texts: [properties.text(name)], hidden: false };
  const read = (text: string, node: Node, path: Path) => replaced(reading, name, text, node, path);
  const found = properties.nested(name, (node, path) => {
    if (node.kind !== 'list') return [read(properties.text(name), node, path)];
    reading.notes.extra(path, 'list');
    return inHook(reading, name, () => itemsOf(node)).map(([text, item], n) => {
      reading.notes.found([...path, n], item.at);
      return read(text, item, [...path, n]);
    });
  });
  const texts = found ?? [{ text: '', hidden: false }];
  return { texts: texts.map(({ text }) => text), hidden: texts.some(({ hidden }) => hidden) };
}

function itemsOf({ items, at }: Extract<Node, { kind: 'list' }>): readonly (readonly [string, Node])[] {
  const texts = items.map(item => [item.kind === 'scalar' ? scalarText(item.scalar) : null, item] as const);
  const filled = texts.flatMap(([text, item]) => (text ? [[text, item] as const] : []));
  if (filled.length === 0 || filled.length < items.length)
    throw new Refusal('the list takes one text or more, none of them empty', at);
  return filled;
}

function replaced(reading: HookReading, name: string, text: string, { at }: Node, path: Path) {
  if (text.search(references) === -1) return { text, hidden: false };
  reading.notes.extra(path, 'reference');
  return { text: inHook(reading, name, () => lookedUp(reading, text, at)), hidden: true };
}

function lookedUp({ references: from }: HookReading, text: string, at: number): string {
  if (from === null) return text;
  return text.replace(references, (written, kind: string, name: string) => {
    const found = lookUp(kind, name, from);
    if (found.result === 'none') throw new Refusal(found.message, at);
    if (found.text === '')
      throw new Refusal(`${written} is empty, and nothing may be compared with that`, at);
    return found.text;
  });
}
