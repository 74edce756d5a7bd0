import { type CelEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { Flaw } from '../domain/condition.ts';
import { nearest } from '../lib/nearest.ts';
import { type Expr, type Parsed, places } from './cel-ast.ts';

const longestExpression = 4096;
/** Parsing, planning and evaluating go down the tree by calling themselves. */
export const deepestNesting: number = 64;

/** The names an expression may begin with besides `event`: those of types, for comparisons with `type(…)`. */
const typeNames = ['int', 'uint', 'double', 'bool', 'string', 'bytes', 'list', 'map', 'null_type', 'type'];

/** Reads an expression and tells what can be seen to be wrong with it before any event comes. */
export function parseExpression(env: CelEnv, source: string): Parsed | Flaw {
  if (source.length > longestExpression)
    return {
      message: `the expression is longer than ${longestExpression} characters`,
      offset: longestExpression,
    };
  let parsed: Parsed;
  try {
    parsed = parse(source);
  } catch (error) {
    return syntaxFlaw(source, error);
  }
  for (const place of places(parsed.expr, deepestNesting + 1)) {
    const message =
      place.depth > deepestNesting
        ? `the expression is nested deeper than ${deepestNesting} levels`
        : (nameFlaw(place.expr, place.bound) ?? functionFlaw(env, place.expr));
    if (message !== undefined) return { message, offset: offsetOf(parsed, place.expr) };
  }
  return parsed;
}

export function offsetOf(parsed: Parsed, expr: Expr): number {
  return parsed.sourceInfo?.positions[String(expr.id)] ?? 0;
}

function nameFlaw({ exprKind }: Expr, bound: ReadonlySet<string>): string | undefined {
  if (exprKind.case !== 'identExpr') return undefined;
  const { name } = exprKind.value;
  if (name === 'event' || bound.has(name) || typeNames.includes(name)) return undefined;
  return `there is no "${name}": an expression looks at event, as in event.branch`;
}

function functionFlaw(env: CelEnv, { exprKind }: Expr): string | undefined {
  if (exprKind.case !== 'callExpr') return undefined;
  const { function: name, args } = exprKind.value;
  // Operators and what macros expand to have names that cannot be written.
  if (!/^[a-z]\w*$/i.test(name)) return undefined;
  if (env.funcs.find(name) === undefined) {
    const meant = nearest(name, functionNames);
    return `there is no function ${name}()${meant === null ? '' : `; did you mean ${meant}()?`}`;
  }
  const [pattern] = args;
  if (name !== 'matches' || pattern?.exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = pattern.exprKind.value;
  return constantKind.case === 'stringValue' ? regexFlaw(env, constantKind.value) : undefined;
}

function regexFlaw(env: CelEnv, pattern: string): string | undefined {
  const tried = plan(env, parse('"".matches(pattern)'))({ pattern });
  if (!isCelError(tried)) return undefined;
  const what = tried.message.replace('error parsing regexp: ', '');
  return `the regular expression cannot be used: ${what} (the syntax is RE2: no look-around, no back-references)`;
}

const functionNames =
  'size contains startsWith endsWith matches has all exists exists_one filter map int uint double bool string bytes timestamp duration type dyn'.split(
    ' ',
  );

function syntaxFlaw(source: string, error: unknown): Flaw {
  if (error instanceof RangeError)
    return { message: `the expression is nested deeper than ${deepestNesting} levels`, offset: 0 };
  const text = error instanceof Error ? error.message : String(error);
  const [, line, column, found] = /<input>:(\d+):(\d+): (?:found (.+?) but expecting|)/s.exec(text) ?? [];
  if (line === undefined || column === undefined) return { message: text, offset: 0 };
  const before = source
    .split('\n')
    .slice(0, Number(line) - 1)
    .join('\n');
  const offset = (before === '' ? 0 : before.length + 1) + Number(column) - 1;
  return { message: syntaxMessage(source.slice(offset), found), offset };
}

function syntaxMessage(rest: string, found: string | undefined): string {
  if (rest === '') return 'the expression ends too early';
  if (/^["']/.test(rest))
    return 'a text that begins here is never closed, or an operator before it is missing';
  if (/^=[^=]/.test(rest)) return 'unexpected "=": to compare, write ==';
  // The parser gives up at an operator when it cannot read what comes next.
  const [operator] = /^(?:[=!<>]=|[<>+*/%-]|&&|\|\||in\b)/.exec(rest) ?? [];
  if (operator !== undefined)
    return `what follows ${operator} cannot be read: is a quote, a bracket or a value missing?`;
  return `unexpected ${JSON.stringify(found ?? rest.slice(0, 1))}`;
}
