import { type Document, isCollection, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { Behaviour } from '../deviations.ts';
import { type Edited, indentFlow } from './indent-flow.ts';
import { type Node, Refusal } from './node.ts';
import { commentSign, nodesOf } from './nodes-of.ts';

/** Where something stands in a file; both count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface YamlFile {
  /** The first document; null when the file is empty. Throws a `Refusal` for what no hooks file can hold. */
  root(): Node | null;
  /** Where an offset of a node or a refusal is in the text. */
  place(offset: number): Place;
}

/** Reads YAML 1.1, of which JSON is a part. What is wrong shows when the root is asked for. Never throws. */
export function readYaml(behaviour: Behaviour, text: string): YamlFile {
  const lines = new LineCounter();
  const written = withQuotes({ text, back: offset => offset }, parse(text, lines));
  const [error] = errorsOf(written.document);
  const indented = error !== undefined && mayBeIndent(error) ? indentFlow(text) : null;
  const other = indented === null ? written : withQuotes(indented, parse(indented.text, undefined));
  // Where it is of no use either, what is wrong is told of the text as it is written.
  const { document, edited } =
    other.document !== null && errorsOf(other.document).length === 0 ? other : written;
  return {
    root() {
      if (document === null) throw new Refusal('nested too deeply', 0);
      const [error] = errorsOf(document);
      if (error !== undefined) throw new Refusal(inWords(error, edited.text), error.pos[0]);
      return nodesOf(behaviour, document, edited.text);
    },
    place(offset) {
      const { line, col } = lines.linePos(Math.min(edited.back(offset), text.length));
      return { line: Math.max(1, line), column: Math.max(1, col) };
    },
  };
}

interface Tried {
  readonly edited: Edited;
  /** Null when it is nested too deeply to be read. */
  readonly document: Document.Parsed | null;
}

/** To the original, but not to YAML, \' in double quotes is an apostrophe. */
function withQuotes(edited: Edited, document: Document.Parsed | null): Tried {
  const { text, back } = edited;
  const dropped = (document?.errors ?? [])
    .filter(error => isQuoteEscape(error, text))
    .map(({ pos }) => pos[0]);
  if (dropped.length === 0) return { edited, document };
  const readable = [0, ...dropped].map((at, n) => text.slice(n === 0 ? 0 : at + 1, dropped[n])).join('');
  return {
    edited: {
      text: readable,
      back: offset => back(dropped.reduce((at, drop) => (drop <= at ? at + 1 : at), offset)),
    },
    document: parse(readable, undefined),
  };
}

const errorsOf = (document: Document.Parsed | null): readonly YAMLError[] =>
  document === null ? [] : document.errors.filter(error => !isBehind(document, error));

/** What a line with too little indentation within brackets or quotes leads to. */
const mayBeIndent = ({ code }: YAMLError): boolean =>
  ['BAD_INDENT', 'MISSING_CHAR', 'MULTILINE_IMPLICIT_KEY', 'UNEXPECTED_TOKEN'].includes(code);

/** As texts only: what they mean is for `plainScalar` to say. */
function parse(text: string, lineCounter: LineCounter | undefined): Document.Parsed | null {
  try {
    return parseDocument(text, {
      version: '1.1',
      schema: 'failsafe',
      strict: false,
      uniqueKeys: false,
      prettyErrors: false,
      ...(lineCounter === undefined ? {} : { lineCounter }),
    });
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

const isQuoteEscape = ({ code, pos }: YAMLError, text: string): boolean =>
  code === 'BAD_DQ_ESCAPE' && text.startsWith("\\'", pos[0]);

/** Whether the error is about what stands behind the document, or behind the bracket that closes it. */
function isBehind({ contents }: Document.Parsed, { code, pos }: YAMLError): boolean {
  if (contents === null || pos[0] < contents.range[1]) return false;
  return (
    code === 'MULTIPLE_DOCS' || (code === 'UNEXPECTED_TOKEN' && isCollection(contents) && !!contents.flow)
  );
}

function inWords({ code, pos, message }: YAMLError, text: string): string {
  const line = text.slice(0, pos[0]).split('\n').slice(-2).join('\n');
  if (/^\s*\/\//m.test(line)) return commentSign;
  if (code === 'TAB_AS_INDENT' || /^ *\t/m.test(line.split('\n').at(-1) ?? ''))
    return 'a tab cannot indent here: use spaces';
  if (code === 'BAD_INDENT' && message.startsWith('Flow'))
    return 'what stands between brackets has to be indented further than the line in which they open';
  if (code === 'RESOURCE_EXHAUSTION') return 'nested too deeply';
  if (code === 'BAD_DQ_ESCAPE')
    return `${text.slice(pos[0], pos[0] + 2)} is no escape: a backslash is written \\\\`;
  return `cannot be read as JSON or YAML: ${message}`;
}
