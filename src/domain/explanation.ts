import type { Condition, ExpressionResult } from './condition.ts';
import type { Event } from './event.ts';
import type { Json } from './json.ts';

/**
 * Why a condition holds or not, written for people; the tree has the shape of the condition.
 * `holds` is null where nothing was decided because an earlier condition had already failed.
 */
export interface Explanation {
  readonly holds: boolean | null;
  /** One clear clause with the values seen: `branch "feature/x" is none of main, release/*`. */
  readonly text: string;
  /** The value that was looked at, when there is one. */
  readonly seen: Json;
  /** Set when this could not be decided because the condition itself is broken or too expensive. */
  readonly error: boolean;
  readonly parts: readonly Explanation[];
}

/** What the domain needs from outside to decide: glob and expression engines are libraries. */
export interface Matchers {
  /** Whether one glob (`*` stays within a path segment, `**` does not) matches the whole text. */
  glob(pattern: string, text: string): boolean;
  /** Evaluates a CEL expression with `event` bound, within a fixed budget; never throws. */
  expression(source: string, event: Event): ExpressionResult;
}

/** Decides a condition for an event and tells why. Total: it never throws. */
export function holds(matchers: Matchers, condition: Condition, event: Event): Explanation {
  switch (condition.kind) {
    case 'all':
      return all(matchers, condition.of, event);
    case 'any':
      return any(matchers, condition.of, event);
    case 'not': {
      const inner = holds(matchers, condition.of, event);
      return leaf(inner.error ? false : !inner.holds, `not: ${inner.text}`, inner.seen, inner.error, [inner]);
    }
    case 'type': {
      const ok = condition.oneOf.includes(event.type);
      const name = event.type === 'other' ? (event.action ?? 'other') : event.type;
      return leaf(
        ok,
        ok ? `event is a ${event.type}` : `event ${quote(name)} is none of ${list(condition.oneOf)}`,
        name,
      );
    }
    case 'action':
      return action(condition, event);
    case 'repo':
      return named(
        matchers,
        'repository',
        event.repo?.name ?? null,
        condition.patterns,
        'the event has no repository',
      );
    case 'branch':
      return branch(matchers, condition.patterns, event);
    case 'paths':
      return paths(matchers, condition.patterns, event.changed);
    case 'expression':
      return expression(matchers.expression(condition.source, event));
    case 'commit':
      return event.action === 'deleted'
        ? leaf(false, `${event.ref ?? 'the ref'} was deleted: there is no commit to run`, event.ref)
        : leaf(
            true,
            event.after === null
              ? 'the commit is looked up when the run starts'
              : `commit ${event.after.slice(0, 12)}`,
            event.after,
          );
  }
}

/** The sentence that answers "why (not)?": the first part that failed, else the whole. */
export function reason(explanation: Explanation): string {
  if (explanation.holds !== false) return explanation.text;
  const failed = explanation.parts.find(part => part.holds === false);
  return failed && !explanation.text.startsWith('not: ') ? reason(failed) : explanation.text;
}

/** Whether anything that was decisive could not be decided. */
export function isBroken(explanation: Explanation): boolean {
  return (
    explanation.error ||
    (explanation.holds === false && explanation.parts.some(part => part.holds === false && isBroken(part)))
  );
}

function leaf(
  holds: boolean | null,
  text: string,
  seen: Json = null,
  error = false,
  parts: readonly Explanation[] = [],
): Explanation {
  return { holds, text, seen, error, parts };
}

/** Expressions can be dear: they are only looked at when everything cheap holds. */
function all(matchers: Matchers, conditions: readonly Condition[], event: Event): Explanation {
  let failed = false;
  const parts = conditions.map(condition => {
    if (failed && condition.kind === 'expression') return leaf(null, `not looked at: ${condition.source}`);
    const part = holds(matchers, condition, event);
    failed ||= part.holds === false;
    return part;
  });
  const no = parts.filter(part => part.holds === false).length;
  const text =
    no === 0
      ? `all ${parts.length} conditions hold`
      : `${no} of ${parts.length} conditions ${no === 1 ? 'does' : 'do'} not hold`;
  return leaf(
    no === 0,
    text,
    null,
    parts.some(part => part.error),
    parts,
  );
}

function any(matchers: Matchers, conditions: readonly Condition[], event: Event): Explanation {
  const parts = conditions.map(condition => holds(matchers, condition, event));
  const held = parts.find(part => part.holds === true);
  const error = held === undefined && parts.some(part => part.error);
  return leaf(
    held !== undefined,
    held?.text ?? `none of ${parts.length} alternatives holds`,
    null,
    error,
    parts,
  );
}

function action(condition: Extract<Condition, { kind: 'action' }>, event: Event): Explanation {
  if (condition.type !== null && condition.type !== event.type)
    return leaf(true, `any action of a ${event.type} will do`, event.action);
  const ok = event.action !== null && condition.oneOf.includes(event.action);
  const why = condition.implied ? ` (what a rule means when it names no action)` : '';
  const seen = event.action === null ? 'the event has no action' : `action ${quote(event.action)} is`;
  return leaf(
    ok,
    ok
      ? `${seen} one of ${list(condition.oneOf)}`
      : event.action === null
        ? seen
        : `${seen} none of ${list(condition.oneOf)}${why}`,
    event.action,
  );
}

function branch(matchers: Matchers, patterns: readonly string[], event: Event): Explanation {
  const usesDefault = patterns.some(pattern => pattern.replace(/^!/, '') === '$default');
  const known = event.repo?.defaultBranch ?? null;
  if (usesDefault && known === null && event.branch !== null) {
    const rest = patterns.filter(pattern => pattern.replace(/^!/, '') !== '$default');
    const without = named(matchers, 'branch', event.branch, rest, '');
    return without.holds
      ? without
      : leaf(
          false,
          `branch ${quote(event.branch)} is none of ${list(patterns)}: the repository's default branch is not known`,
          event.branch,
        );
  }
  // The default branch is a name, not a glob: compare it literally.
  const isDefault = event.branch !== null && event.branch === known;
  const globs = {
    ...matchers,
    glob: (pattern: string, text: string) =>
      pattern === '$default' ? isDefault : matchers.glob(pattern, text),
  };
  const missing = event.type === 'tag' ? 'a tag has no branch' : 'the event has no branch';
  const shown = (pattern: string) =>
    pattern === '$default' ? `$default (${known ?? 'not known'})` : pattern;
  return named(globs, 'branch', event.branch, patterns, missing, shown);
}

/** A value against globs: one that matches and no `!` that does; only exclusions mean "everything but". */
function named(
  matchers: Pick<Matchers, 'glob'>,
  what: string,
  value: string | null,
  patterns: readonly string[],
  missing: string,
  shown: (pattern: string) => string = pattern => pattern,
): Explanation {
  if (value === null) return leaf(false, missing);
  const match = select(matchers, value, patterns);
  if (match.excludedBy !== undefined)
    return leaf(false, `${what} ${quote(value)} is excluded by !${shown(match.excludedBy)}`, value);
  if (match.by === undefined)
    return leaf(false, `${what} ${quote(value)} is none of ${list(patterns.map(shown))}`, value);
  return leaf(
    true,
    match.by === ''
      ? `${what} ${quote(value)} is not excluded`
      : `${what} ${quote(value)} matches ${shown(match.by)}`,
    value,
  );
}

function paths(
  matchers: Matchers,
  patterns: readonly string[],
  changed: readonly string[] | null,
): Explanation {
  if (changed === null) return leaf(true, 'the sender did not list the changed paths: counted as matching');
  const hit = changed.find(path => {
    const match = select(matchers, path, patterns);
    return match.by !== undefined && match.excludedBy === undefined;
  });
  const seen = changed.slice(0, 20);
  if (hit !== undefined) return leaf(true, `changed path ${quote(hit)} matches ${list(patterns)}`, seen);
  if (changed.length === 0) return leaf(false, 'no path was changed', seen);
  const some = changed.slice(0, 3).map(quote).join(', ');
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
  return leaf(false, `no changed path matches ${list(patterns)}: ${some}${more}`, seen);
}

/** `by` is the pattern that matched, '' when there are only exclusions, undefined when none did. */
function select(
  matchers: Pick<Matchers, 'glob'>,
  value: string,
  patterns: readonly string[],
): { by: string | undefined; excludedBy: string | undefined } {
  const positive = patterns.filter(pattern => !pattern.startsWith('!'));
  const by = positive.length === 0 ? '' : positive.find(pattern => matchers.glob(pattern, value));
  const excludedBy = patterns
    .find(pattern => pattern.startsWith('!') && matchers.glob(pattern.slice(1), value))
    ?.slice(1);
  return { by, excludedBy };
}

function expression(result: ExpressionResult): Explanation {
  switch (result.result) {
    case 'value':
      return leaf(result.holds, result.text, null, false, result.parts.map(expression));
    case 'missing':
      return leaf(false, result.text);
    case 'error':
      return leaf(false, result.text, null, true);
  }
}

const quote = (text: string): string => JSON.stringify(text);
const list = (items: readonly string[]): string => items.join(', ');
