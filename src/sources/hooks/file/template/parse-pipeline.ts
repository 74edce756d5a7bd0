import { TemplateFailure } from './failure.ts';
import type { Token } from './lex.ts';
import { literal } from './literals.ts';
import type { Call, Operand, Pipeline } from './tree.ts';

/** The words of one action, one after the other. */
export interface Reader {
  /** Where the action begins. */
  readonly at: number;
  readonly functions: ReadonlySet<string>;
  /** Variables that are declared here, outer ones first. */
  readonly scope: string[];
  peek(): Token | undefined;
  /** So many tokens as come next, without taking them. */
  ahead(count: number): readonly Token[];
  /** The next token; throws when there is none. */
  take(): Token;
  /** Whether the next token is this mark; then it is taken. */
  mark(text: string): boolean;
  /** A text literal. */
  text(): string;
  /** Throws when something is left. */
  end(): void;
}

export function createReader(
  tokens: readonly Token[],
  at: number,
  functions: ReadonlySet<string>,
  scope: string[],
): Reader {
  let next = 0;
  const peek = () => tokens[next];
  const take = () => {
    const token = peek();
    if (token === undefined) throw new TemplateFailure('something is missing before "}}"', at);
    next += 1;
    return token;
  };
  return {
    at,
    functions,
    scope,
    peek,
    ahead: count => tokens.slice(next, next + count),
    take,
    mark(text) {
      if (peek()?.kind !== 'mark' || peek()?.text !== text) return false;
      next += 1;
      return true;
    },
    text() {
      const token = take();
      const value = literal(token);
      if (value?.type !== 'text') throw new TemplateFailure('a name in quotes belongs here', token.at);
      return value.value;
    },
    end() {
      const token = peek();
      if (token !== undefined)
        throw new TemplateFailure(`${JSON.stringify(token.text)} cannot stand here`, token.at);
    },
  };
}

/** Parentheses within parentheses; no hooks file nests as deeply. */
const deepest = 100;

/** Reads a pipeline up to where it ends; `most` variables may be declared. */
export function readPipeline(reader: Reader, most: number = 1, depth: number = 0): Pipeline {
  if (depth > deepest) throw new TemplateFailure('nested too deeply', reader.at);
  const { declares, assigns } = readDeclaration(reader, most);
  const calls = [readCall(reader, depth)];
  while (reader.mark('|')) calls.push(readCall(reader, depth));
  for (const call of calls.slice(1))
    if (call.kind === 'operand') throw new TemplateFailure('behind "|" belongs a function', call.at);
  if (!assigns) reader.scope.push(...declares);
  return { declares, assigns, calls };
}

function readDeclaration(reader: Reader, most: number): Pick<Pipeline, 'declares' | 'assigns'> {
  const none = { declares: [], assigns: false };
  const first = reader.peek();
  if (first?.kind !== 'variable') return none;
  const ahead = reader.ahead(4).map(({ text }) => text);
  if (ahead[1] === ':=' || ahead[1] === '=') {
    reader.take();
    reader.take();
    return { declares: [first.text], assigns: ahead[1] === '=' };
  }
  if (most === 2 && ahead[1] === ',' && (ahead[3] === ':=' || ahead[3] === '=')) {
    reader.take();
    reader.take();
    const second = reader.take();
    reader.take();
    return { declares: [first.text, second.text], assigns: ahead[3] === '=' };
  }
  return none;
}

function readCall(reader: Reader, depth: number): Call {
  const first = reader.peek();
  const at = first?.at ?? reader.at;
  if (first?.kind !== 'word' || literal(first) !== null) {
    const operand = readOperand(reader, depth);
    if (first?.text === 'nil' && first.kind === 'word')
      throw new TemplateFailure('nil alone is nothing to print', at);
    if (startsOperand(reader.peek())) throw new TemplateFailure('only functions take arguments', at);
    return { kind: 'operand', operand, at };
  }
  const name = readFunction(reader);
  const operands: Operand[] = [];
  while (startsOperand(reader.peek())) {
    const next = reader.peek();
    if (next?.kind === 'word' && literal(next) === null)
      operands.push(alone({ kind: 'call', name: readFunction(reader), operands: [], at: next.at }));
    else operands.push(readOperand(reader, depth));
  }
  return { kind: 'call', name, operands, at };
}

/** A function as an argument gets none itself. */
const alone = (call: Call): Operand => ({
  kind: 'pipeline',
  pipeline: { declares: [], assigns: false, calls: [call] },
  fields: [],
});

function readFunction(reader: Reader): string {
  const { text, at } = reader.take();
  if (!reader.functions.has(text)) throw new TemplateFailure(`there is no function "${text}"`, at);
  return text;
}

const startsOperand = (token: Token | undefined): boolean =>
  token !== undefined && (token.kind !== 'mark' || token.text === '(' || token.text === '.');

function readOperand(reader: Reader, depth: number): Operand {
  const token = reader.take();
  const value = literal(token);
  if (value !== null) return { kind: 'value', value };
  if (token.kind === 'field') return { kind: 'dot', fields: [token.text.slice(1), ...readFields(reader)] };
  if (token.kind === 'variable') {
    if (!reader.scope.includes(token.text))
      throw new TemplateFailure(`there is no variable ${token.text}`, token.at);
    return { kind: 'variable', name: token.text, fields: readFields(reader) };
  }
  if (token.text === '.') return { kind: 'dot', fields: [] };
  if (token.text !== '(')
    throw new TemplateFailure(`${JSON.stringify(token.text)} cannot stand here`, token.at);
  const pipeline = readPipeline(reader, 0, depth + 1);
  if (!reader.mark(')')) throw new TemplateFailure('a ")" is missing', token.at);
  return { kind: 'pipeline', pipeline, fields: readFields(reader) };
}

/** What is looked up in a value: `.A.B` right behind it. */
function readFields(reader: Reader): readonly string[] {
  const fields: string[] = [];
  for (let next = reader.peek(); next?.kind === 'field' && !next.blank; next = reader.peek())
    fields.push(reader.take().text.slice(1));
  return fields;
}
