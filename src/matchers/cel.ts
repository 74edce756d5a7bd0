import { type CelEnv, type CelInput, celEnv, isCelError, plan, unparse } from '@bufbuild/cel';
import type { ExpressionResult, Flaw } from '../domain/condition.ts';
import type { Event } from '../domain/event.ts';
import { eventJson } from '../domain/event-json.ts';
import type { Json } from '../domain/json.ts';
import { createBudget } from './budget.ts';
import { remember } from './cache.ts';
import { adviseExpression } from './cel-advice.ts';
import { type Expr, joined, operands, type Parsed, places, type Reference, references } from './cel-ast.ts';
import { deepestNesting, parseExpression } from './cel-check.ts';
import { lacking, missingKey, notBoolean, observed, plainly, quoted } from './cel-words.ts';

/** One evaluation of one expression, all its parts together. */
const budgetMs = 50;
const mostRemembered = 1000;
/** Characters of an event's JSON. Up to this, anything without loops and regular expressions takes microseconds. */
const largeEvent = 100_000;

export interface Expressions {
  /** Evaluates a CEL expression with `event` bound. Never throws, never takes much longer than 50 ms. */
  evaluate(source: string, event: Event): ExpressionResult;
  /** What is wrong with an expression whatever the event, or null. */
  check(source: string): Flaw | null;
  /** What is allowed and probably not meant: fields that no event has, deciding by what anyone can write. */
  advise(source: string): readonly Flaw[];
}

/** CEL with linear-time regular expressions; what it says about an expression follows its `&&`, `||` and `!`. */
export function createExpressions(): Expressions {
  const env = celEnv();
  const budget = createBudget(budgetMs);
  const compiled = remember(mostRemembered, source => compile(env, source));
  // Every rule looks at the same event.
  const facts = new WeakMap<Event, Facts>();
  const factsOf = (event: Event): Facts => {
    const made = facts.get(event) ?? gather(event);
    facts.set(event, made);
    return made;
  };
  return {
    check: source => {
      const expression = compiled(source);
      return 'message' in expression ? expression : null;
    },
    advise: source => adviseExpression(env, source),
    evaluate: (source, event) => {
      const expression = compiled(source);
      if ('message' in expression)
        return { result: 'error', text: `${quoted(source)}: ${expression.message}` };
      const known = factsOf(event);
      if (!expression.isDear && !known.isLarge) return explain(expression.tree, known);
      const text = `${quoted(source)}: stopped, its budget of ${budgetMs} ms was used up`;
      return budget(() => explain(expression.tree, known))?.value ?? { result: 'error', text };
    },
  };
}

/** An expression cut at its `&&`, `||` and `!` into parts that are evaluated, and explained, one by one. */
type Tree =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Tree[] }
  | { readonly kind: 'not'; readonly of: Tree }
  | {
      readonly kind: 'part';
      readonly text: string;
      readonly looksAt: readonly Reference[];
      readonly evaluate: (bindings: { readonly event: CelInput }) => ReturnType<ReturnType<typeof plan>>;
    };

interface Compiled {
  readonly tree: Tree;
  /** Has loops or regular expressions: to be watched. */
  readonly isDear: boolean;
}

function compile(env: CelEnv, source: string): Compiled | Flaw {
  const parsed = parseExpression(env, source);
  if ('message' in parsed) return parsed;
  const isDear = [...places(parsed.expr, deepestNesting)].some(
    ({ expr: { exprKind } }) =>
      exprKind.case === 'comprehensionExpr' ||
      (exprKind.case === 'callExpr' && exprKind.value.function === 'matches'),
  );
  try {
    return { tree: divide(env, parsed, parsed.expr), isDear };
  } catch (error) {
    return { message: error instanceof Error ? error.message : String(error), offset: 0 };
  }
}

function divide(env: CelEnv, parsed: Parsed, expr: Expr): Tree {
  const all = joined(expr, '_&&_');
  if (all !== undefined) return { kind: 'all', of: all.map(part => divide(env, parsed, part)) };
  const any = joined(expr, '_||_');
  if (any !== undefined) return { kind: 'any', of: any.map(part => divide(env, parsed, part)) };
  const [negated] = operands(expr, '!_') ?? [];
  const inner = negated && divide(env, parsed, negated);
  // `!event.patch.draft` reads best as it is; `!(a && b)` has parts of its own.
  if (inner !== undefined && inner.kind !== 'part') return { kind: 'not', of: inner };
  return {
    kind: 'part',
    text: quoted(unparse({ ...parsed, expr })),
    looksAt: references(expr, deepestNesting),
    evaluate: plan(env, expr),
  };
}

interface Facts {
  readonly json: Json;
  readonly isLarge: boolean;
  readonly bindings: { readonly event: CelInput };
}

function gather(event: Event): Facts {
  const json = { patch: null, radicle: null, replayOf: null, target: null, note: null, ...eventJson(event) };
  return { json, isLarge: JSON.stringify(json).length > largeEvent, bindings: { event: bind(json) } };
}

/** JSON as the evaluator wants it. Whole numbers become integers: a double could not be added to a literal `1`. */
function bind(value: Json): CelInput {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (value === null || typeof value !== 'object') return value;
  if (isList(value)) return value.map(bind);
  return new Map(Object.entries(value).map(([key, item]) => [key, bind(item)]));
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function explain(tree: Tree, facts: Facts): ExpressionResult {
  switch (tree.kind) {
    case 'part':
      return explainPart(tree, facts);
    case 'not': {
      const inner = explain(tree.of, facts);
      return inner.result === 'value'
        ? { ...inner, holds: !inner.holds, text: `not: ${inner.text}`, parts: [inner] }
        : inner;
    }
    case 'all':
    case 'any':
      return join(
        tree.kind,
        tree.of.map(part => explain(part, facts)),
      );
  }
}

/** One part that settles it is enough, whatever the others are; otherwise a broken or missing one leaves it open. */
function join(kind: 'all' | 'any', parts: readonly ExpressionResult[]): ExpressionResult {
  const settling = parts.find(part => part.result === 'value' && part.holds === (kind === 'any'));
  if (settling !== undefined) return { result: 'value', holds: kind === 'any', text: settling.text, parts };
  const open = parts.find(part => part.result === 'error') ?? parts.find(part => part.result === 'missing');
  if (open !== undefined) return open;
  const text =
    kind === 'all'
      ? `all ${parts.length} parts of the expression hold`
      : `none of ${parts.length} alternatives holds: ${parts
          .slice(0, 3)
          .map(part => part.text)
          .join('; ')}`;
  return { result: 'value', holds: kind === 'all', text, parts };
}

function explainPart(part: Extract<Tree, { kind: 'part' }>, facts: Facts): ExpressionResult {
  const value = part.evaluate(facts.bindings);
  if (typeof value === 'boolean')
    return {
      result: 'value',
      holds: value,
      text: `${part.text}: ${observed(part.looksAt, facts.json, value)}`,
      parts: [],
    };
  // Null is how an event says that it lacks a field: most operators refuse it, and that is nobody's mistake.
  const missing =
    lacking(part.looksAt, facts.json) ?? (isCelError(value) ? missingKey(value.message) : undefined);
  if (missing !== undefined) return { result: 'missing', text: `${part.text}: ${missing} is missing` };
  return {
    result: 'error',
    text: `${part.text}: ${isCelError(value) ? plainly(value.message) : notBoolean(value)}`,
  };
}
