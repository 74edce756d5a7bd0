import type { parse } from '@bufbuild/cel';

export type Parsed = ReturnType<typeof parse>;
export type Expr = Parsed['expr'];

/** A part of an expression, with the names that loops around it have bound, and how deep it lies. */
export interface Place {
  readonly expr: Expr;
  readonly bound: ReadonlySet<string>;
  readonly depth: number;
}

/** An expression and everything in it, outermost first, down to `deepest`. */
export function* places(
  expr: Expr,
  deepest: number,
  bound: ReadonlySet<string> = new Set(),
  depth = 1,
): Generator<Place> {
  yield { expr, bound, depth };
  if (depth === deepest) return;
  const { exprKind } = expr;
  if (exprKind.case === 'comprehensionExpr') {
    const { iterRange, accuInit, loopCondition, loopStep, result, iterVar, iterVar2, accuVar } =
      exprKind.value;
    const within = new Set([...bound, iterVar, iterVar2, accuVar]);
    for (const part of [iterRange, accuInit]) if (part) yield* places(part, deepest, bound, depth + 1);
    for (const part of [loopCondition, loopStep, result])
      if (part) yield* places(part, deepest, within, depth + 1);
    return;
  }
  for (const part of parts(exprKind)) yield* places(part, deepest, bound, depth + 1);
}

function parts(kind: Expr['exprKind']): readonly Expr[] {
  switch (kind.case) {
    case 'selectExpr':
      return kind.value.operand ? [kind.value.operand] : [];
    case 'callExpr':
      return kind.value.target ? [kind.value.target, ...kind.value.args] : kind.value.args;
    case 'listExpr':
      return kind.value.elements;
    case 'structExpr':
      return kind.value.entries.flatMap(({ keyKind, value }) => [
        ...(keyKind.case === 'mapKey' ? [keyKind.value] : []),
        ...(value ? [value] : []),
      ]);
    case 'comprehensionExpr':
    case 'identExpr':
    case 'constExpr':
    case undefined:
      return [];
  }
}

/** What an operator (`_&&_`) is applied to; undefined when the expression is anything else. */
export function operands(expr: Expr, operator: string): readonly Expr[] | undefined {
  const { exprKind } = expr;
  return exprKind.case === 'callExpr' && exprKind.value.function === operator
    ? exprKind.value.args
    : undefined;
}

/** All that a chain of one operator joins: `a && b && c` is parsed as pairs. */
export function joined(expr: Expr, operator: string): readonly Expr[] | undefined {
  return operands(expr, operator)?.flatMap(part => joined(part, operator) ?? [part]);
}

/** A field of the event that an expression looks at: `event.actor.name`. */
export interface Reference {
  readonly path: readonly (string | number)[];
  /** Only asked whether it is there: `has(event.patch)`. */
  readonly tested: boolean;
  /** The expressions of the path's beginnings: of `event`, of `event.actor`, … */
  readonly steps: readonly Expr[];
}

/** The longest paths that begin at `event`, each once, in the order of the text. */
export function references(expr: Expr, deepest: number): readonly Reference[] {
  const found = new Map<string, Reference>();
  const inner = new Set<Expr>();
  for (const place of places(expr, deepest)) {
    if (inner.has(place.expr) || place.bound.has('event')) continue;
    const chain = chainFromEvent(place.expr);
    if (chain === undefined) continue;
    for (const { expr } of chain) inner.add(expr);
    const { exprKind } = place.expr;
    const tested = exprKind.case === 'selectExpr' && exprKind.value.testOnly;
    const path = chain.map(({ step }) => step);
    found.set(pathText(path), { path, tested, steps: chain.map(({ expr }) => expr) });
  }
  return [...found.values()];
}

interface Link {
  readonly step: string | number;
  readonly expr: Expr;
}

/** The links of a chain of fields and constant indexes, such as `event.commits[0].sha`. */
function chainFromEvent(expr: Expr): readonly Link[] | undefined {
  const { exprKind } = expr;
  if (exprKind.case === 'identExpr')
    return exprKind.value.name === 'event' ? [{ step: 'event', expr }] : undefined;
  const link = linkOf(expr);
  const before = link && chainFromEvent(link.to);
  return link && before && [...before, { step: link.by, expr }];
}

function linkOf({ exprKind }: Expr): { readonly to: Expr; readonly by: string | number } | undefined {
  if (exprKind.case === 'selectExpr') {
    const { operand, field } = exprKind.value;
    return operand && { to: operand, by: field };
  }
  if (exprKind.case !== 'callExpr' || exprKind.value.function !== '_[_]') return undefined;
  const [to, index] = exprKind.value.args;
  if (to === undefined || index?.exprKind.case !== 'constExpr') return undefined;
  const { constantKind } = index.exprKind.value;
  if (constantKind.case === 'stringValue') return { to, by: constantKind.value };
  return constantKind.case === 'int64Value' ? { to, by: Number(constantKind.value) } : undefined;
}

/** A path as it is written in an expression: `event.commits[0].sha`. */
export function pathText(path: readonly (string | number)[]): string {
  return path
    .map((step, n) => (typeof step === 'number' ? `[${step}]` : n === 0 ? step : `.${step}`))
    .join('');
}
