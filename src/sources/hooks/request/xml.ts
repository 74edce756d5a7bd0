import { SaxesParser } from 'saxes';
import type { Value, Values } from '../value.ts';

/** What this parser refuses and the original lets pass. */
const tolerated =
  /text data outside of root|duplicate attribute|no whitespace between attributes|XML declaration must (?:be|appear) at the start/;

/** An element that is not closed yet. */
interface Element {
  readonly name: string;
  /** Its last text before any child; it wins over all text behind one. */
  text: string | null;
  readonly children: Map<string, Value>;
  /** Those of the children that are lists. */
  readonly lists: Map<string, Value[]>;
}

/**
 * The first element of an XML text as a map: attributes are keys with a `-` in front, text beside them is `#text`,
 * repeated elements are a list, everything is text, name prefixes are dropped. Null when it is malformed, uses entities
 * of its own or another encoding than UTF-8. Never throws.
 */
export function readXml(text: string): Values | null {
  const parser = new SaxesParser({ position: false });
  const open: Element[] = [];
  const first: { element: Values | null; isClosing: boolean; broken: boolean } = {
    element: null,
    isClosing: false,
    broken: false,
  };
  // What follows the first element does not matter.
  const over = () => first.broken || first.element !== null;
  const addText = (piece: string) => {
    const element = open.at(-1);
    const trimmed = piece.replace(/^[\t\r\b\n ]+|[\t\r\b\n ]+$/g, '');
    if (over() || element === undefined || trimmed === '') return;
    if (element.children.size === 0) element.text = trimmed;
    else element.children.set('#text', trimmed);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('error', ({ message }) => {
    // That it is closed by another name is told after it is closed.
    if (first.isClosing && message.includes('unexpected close tag')) first.element = null;
    if (!over()) first.broken = !tolerated.test(message);
  });
  parser.on('xmldecl', ({ encoding = 'utf-8', version = '1.0' }) => {
    first.broken ||= encoding.toLowerCase() !== 'utf-8' || version !== '1.0';
  });
  parser.on('opentag', ({ name, attributes }) => {
    first.isClosing = false;
    if (over()) return;
    const children = new Map<string, Value>();
    for (const [attribute, value] of Object.entries(attributes)) children.set(`-${local(attribute)}`, value);
    open.push({ name: local(name), text: null, children, lists: new Map() });
  });
  parser.on('closetag', () => {
    const element = over() ? undefined : open.pop();
    if (element === undefined) return;
    const around = open.at(-1);
    first.isClosing = around === undefined;
    if (around === undefined) first.element = new Map([[element.name, contents(element)]]);
    else add(around, element.name, contents(element));
  });
  parser.write(text).close();
  return first.broken ? null : first.element;
}

function contents({ text, children }: Element): Value {
  if (children.size === 0) return text ?? '';
  if (text !== null) children.set('#text', text);
  return children;
}

function add({ children, lists }: Element, name: string, value: Value): void {
  const before = children.get(name);
  if (before === undefined) {
    children.set(name, value);
    return;
  }
  const list = lists.get(name) ?? [before];
  list.push(value);
  lists.set(name, list);
  children.set(name, list);
}

/** The name behind its prefix. */
function local(name: string): string {
  const [prefix = '', rest = '', ...more] = name.split(':');
  return prefix === '' || rest === '' || more.length > 0 ? name : rest;
}
