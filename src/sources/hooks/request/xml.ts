import { SaxesParser } from 'saxes';
import type { Value, Values } from '../value.ts';

/** What this parser refuses and the original lets pass. */
const tolerated =
  /text data outside of root|duplicate attribute|no whitespace between attributes|XML declaration must (?:be|appear) at the start/;
/** Deeper nesting is refused: each open element takes memory. */
const deepest = 10_000;

/** An element that is not closed yet. */
interface Element {
  readonly name: string;
  /** Its last text before any child; it wins over all text behind one. */
  text: string | null;
  /** Attributes, text and elements, all of one name together. */
  readonly children: Map<string, Value[]>;
}

/** Ends the parser where the result is known; caught below. */
class Known extends Error {}

/**
 * The first element of an XML text as a map: attributes are keys with a `-` in front, text beside them is `#text`,
 * repeated elements are a list, everything is text, name prefixes are dropped. Null when it is malformed, uses entities
 * of its own or another encoding than UTF-8. Never throws.
 */
export function readXml(text: string): Values | null {
  const parser = new SaxesParser({ position: false });
  const open: Element[] = [];
  let first: Values | null = null;
  const goOn = () => {
    // What follows the first element does not matter.
    if (first !== null) throw new Known();
  };
  const refuse = () => {
    first = null;
    throw new Known();
  };
  const addText = (piece: string) => {
    goOn();
    const element = open.at(-1);
    const trimmed = piece.replace(/^[\t\r\b\n ]+|[\t\r\b\n ]+$/g, '');
    if (element === undefined || trimmed === '') return;
    if (element.children.size === 0) element.text = trimmed;
    else element.children.set('#text', [trimmed]);
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('comment', goOn);
  parser.on('processinginstruction', goOn);
  parser.on('error', ({ message }) => {
    // That an element is closed by another name is told after it is closed; all else is about what follows.
    if (!message.includes('unexpected close tag')) goOn();
    if (!tolerated.test(message)) refuse();
  });
  parser.on('xmldecl', ({ encoding = 'utf-8', version = '1.0' }) => {
    if (encoding.toLowerCase() !== 'utf-8' || version !== '1.0') refuse();
  });
  parser.on('opentagstart', goOn);
  parser.on('opentag', ({ name, attributes }) => {
    if (open.length === deepest) refuse();
    const children = new Map<string, Value[]>();
    for (const [attribute, value] of Object.entries(attributes))
      children.set(`-${local(attribute)}`, [value]);
    open.push({ name: local(name), text: null, children });
  });
  parser.on('closetag', () => {
    const element = open.pop();
    if (element === undefined) return;
    const value = contents(element);
    const around = open.at(-1)?.children;
    const same = around?.get(element.name);
    if (around === undefined) first = new Map([[element.name, value]]);
    else if (same === undefined) around.set(element.name, [value]);
    else same.push(value);
  });
  try {
    parser.write(text).close();
  } catch (error) {
    if (!(error instanceof Known)) throw error;
  }
  return first;
}

function contents({ text, children }: Element): Value {
  if (children.size === 0) return text ?? '';
  if (text !== null) children.set('#text', [text]);
  const values = new Map<string, Value>();
  for (const [name, all] of children) {
    const [only] = all;
    values.set(name, all.length === 1 && only !== undefined ? only : all);
  }
  return values;
}

/** The name behind its prefix. */
function local(name: string): string {
  const [prefix = '', rest = '', ...more] = name.split(':');
  return prefix === '' || rest === '' || more.length > 0 ? name : rest;
}
