import type { Condition, ExpressionResult } from './condition.ts';
import type { Event, EventType } from './event.ts';
import type { Json } from './json.ts';
import { cut, listed } from './shown.ts';

/**
 * Why a condition holds or not, written for people; the tree has the shape of the condition.
 * `holds` is null where nothing was decided because an earlier condition had already failed.
 */
export interface Explanation {
  readonly holds: boolean | null;
  /**
   * One clear clause with the values seen: `branch "feature/x" is none of main, release/*`. Where several parts were
   * asked, the clause of the one that decided.
   */
  readonly text: string;
  /** The value that was looked at, when there is one. */
  readonly seen: Json;
  /** Set when this could not be decided because the condition itself is broken or too expensive; `holds` is false. */
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
    case 'not':
      return not(matchers, condition.of, event);
    case 'type':
      return type(condition.oneOf, event);
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
    case 'listener':
      return listener(condition.name, event);
    case 'branch':
      return branch(matchers, condition.patterns, event);
    case 'paths':
      return paths(matchers, condition.patterns, event.changed);
    case 'expression':
      return expression(matchers.expression(condition.source, event));
    case 'commit':
      return commit(event);
    case 'call':
      return call(condition.rule, event);
    case 'workflows':
      return workflows(event);
    case 'interpreter':
      return interpreter(condition.oneOf, event);
  }
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

/** Expressions can be dear: they are only looked at when nothing before them plainly fails. */
function all(matchers: Matchers, conditions: readonly Condition[], event: Event): Explanation {
  let failed = false;
  const parts = conditions.map(condition => {
    if (failed && condition.kind === 'expression')
      return leaf(null, `not looked at: ${cut(condition.source)}`);
    const part = holds(matchers, condition, event);
    failed ||= part.holds === false && !part.error;
    return part;
  });
  // A condition that plainly fails decides; a broken one only when nothing else does.
  const no =
    parts.find(part => part.holds === false && !part.error) ?? parts.find(part => part.holds === false);
  if (no !== undefined) return leaf(false, no.text, null, no.error, parts);
  const [only] = parts;
  return leaf(
    true,
    only !== undefined && parts.length === 1 ? only.text : `all ${parts.length} conditions hold`,
    null,
    false,
    parts,
  );
}

function any(matchers: Matchers, conditions: readonly Condition[], event: Event): Explanation {
  const parts = conditions.map(condition => holds(matchers, condition, event));
  const decisive = parts.find(part => part.holds === true) ?? parts.find(part => part.error);
  if (decisive !== undefined) return leaf(decisive.holds, decisive.text, null, decisive.error, parts);
  const why = parts
    .slice(0, 3)
    .map(part => part.text)
    .join('; ');
  return leaf(
    false,
    parts.length === 1 ? why : cut(`none of ${parts.length} alternatives holds: ${why}`, 300),
    null,
    false,
    parts,
  );
}

function not(matchers: Matchers, condition: Condition, event: Event): Explanation {
  // To the expression language, "not" of something missing is missing too; turned round here, it would hold.
  if (condition.kind === 'expression')
    return holds(matchers, { kind: 'expression', source: `!(${condition.source})` }, event);
  const inner = holds(matchers, condition, event);
  return leaf(
    !inner.error && !inner.holds,
    inner.error ? inner.text : `not: ${inner.text}`,
    inner.seen,
    inner.error,
    [inner],
  );
}

const kinds: Readonly<Record<EventType, string>> = {
  push: 'a push',
  patch: 'a patch',
  tag: 'a tag',
  canonical: 'a canonical update',
  pipeline: 'a pipeline',
  hook: 'a hook call',
  script: 'a script call',
  schedule: 'a schedule',
  manual: 'a start by hand',
  other: 'nothing to run',
};

function type(oneOf: readonly EventType[], event: Event): Explanation {
  if (oneOf.includes(event.type)) return leaf(true, `the event is ${kinds[event.type]}`, event.type);
  const wanted = oneOf.map(type => kinds[type]).join(' or ');
  const what =
    event.type === 'other' ? `${quote(event.action ?? 'other')}: it asks for nothing` : kinds[event.type];
  return leaf(
    false,
    `the event is ${what}, not ${wanted}`,
    event.type === 'other' ? seen(event.action ?? 'other') : event.type,
  );
}

function action(condition: Extract<Condition, { kind: 'action' }>, event: Event): Explanation {
  if (condition.type !== null && condition.type !== event.type)
    return leaf(true, `any action of ${kinds[event.type]} will do`, seen(event.action));
  if (event.action === null) return leaf(false, 'the event has no action');
  const what = `action ${quote(event.action)}`;
  if (condition.oneOf.includes(event.action))
    return leaf(true, `${what} is one of ${listed(condition.oneOf)}`, seen(event.action));
  const mend = condition.implied ? ', which a rule means when it names no action' : '';
  return leaf(false, `${what} is none of ${listed(condition.oneOf)}${mend}`, seen(event.action));
}

function commit(event: Event): Explanation {
  if (event.action === 'deleted')
    return leaf(
      false,
      `${cut(event.ref ?? 'the ref')} was deleted: there is no commit to run`,
      seen(event.ref),
    );
  if (event.after === null) return leaf(true, 'the commit is looked up when the run starts');
  return leaf(true, `there is a commit: ${event.after.slice(0, 12)}`, seen(event.after));
}

function call(rule: string, { call }: Event): Explanation {
  if (call === null) return leaf(false, 'the event names nothing to run');
  return call.rule === rule ? call.grounds : leaf(false, `the call is for rule ${quote(call.rule)}`);
}

function workflows({ pipeline }: Event): Explanation {
  if (pipeline === null) return leaf(false, 'the event is no pipeline');
  const { workflows, diagnostics } = pipeline;
  const names = workflows.map(({ name }) => cut(name));
  const of = `of ${diagnostics.length} workflow${diagnostics.length === 1 ? '' : 's'}`;
  const answer = names.length === 1 ? 'answers' : 'answer';
  if (names.length > 0)
    return leaf(
      true,
      `${names.length} ${of} ${answer}: ${listed(names)}`,
      names.slice(0, 20),
      false,
      diagnostics,
    );
  // One that cannot be read might have answered.
  const broken = diagnostics.find(({ error }) => error);
  // Where there is one reason, nobody has to look for it.
  const [first, ...others] = diagnostics;
  const only = others.length === 0 ? first : undefined;
  const text = (broken ?? only)?.text ?? `none ${of} answers`;
  return leaf(false, text, null, broken !== undefined, diagnostics);
}

function interpreter(oneOf: readonly string[], { call }: Event): Explanation {
  if (call?.action?.kind !== 'script') return leaf(false, 'the event names no script to run');
  const { interpreter } = call.action.script;
  const isOne = oneOf.includes(interpreter);
  return leaf(
    isOne,
    `executor ${quote(interpreter)} is ${isOne ? 'one' : 'none'} of ${listed(oneOf)}`,
    seen(interpreter),
  );
}

function listener(name: string, { repo }: Event): Explanation {
  if (repo === null) return leaf(false, 'the event has no repository');
  const own = repo.name.slice(repo.name.lastIndexOf('/') + 1);
  const isNamed = own !== '' && (name.startsWith(own) || name.endsWith(own));
  const how = isNamed ? (name.startsWith(own) ? 'begins' : 'ends') : 'neither begins nor ends';
  return leaf(isNamed, `${quote(own)} ${how} the name of the listener ${quote(name)}`, seen(repo.name));
}

function branch(matchers: Matchers, patterns: readonly string[], event: Event): Explanation {
  const missing = event.type === 'tag' ? 'a tag has no branch' : 'the event has no branch';
  const known = event.repo?.defaultBranch ?? null;
  // The default branch is a name, not a glob: it is compared as it is.
  const globs = {
    glob: (pattern: string, text: string) =>
      pattern === '$default' ? text === known : matchers.glob(pattern, text),
  };
  const shown = (pattern: string) =>
    pattern === '$default' ? `$default (${known === null ? 'not known' : cut(known)})` : pattern;
  const usesDefault = patterns.some(pattern => pattern === '$default' || pattern === '!$default');
  const answer = named(globs, 'branch', event.branch, patterns, missing, shown);
  if (!usesDefault || known !== null || event.branch === null) return answer;
  // Who is not known cannot be excluded either, so an exclusion of it must not let the branch pass.
  return answer.holds && !patterns.includes('!$default')
    ? answer
    : leaf(
        false,
        `branch ${quote(event.branch)} cannot be compared with $default: the repository's default branch is not known`,
        seen(event.branch),
      );
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
  const it = `${what} ${quote(value)}`;
  switch (match.result) {
    case 'excluded':
      return leaf(false, `${it} is excluded by !${shown(match.by)}`, seen(value));
    case 'none':
      return leaf(false, `${it} is none of ${listed(patterns.map(shown))}`, seen(value));
    case 'matches':
      return leaf(
        true,
        match.by === null ? `${it} is not excluded` : `${it} matches ${shown(match.by)}`,
        seen(value),
      );
  }
}

function paths(
  matchers: Matchers,
  patterns: readonly string[],
  changed: readonly string[] | null,
): Explanation {
  if (changed === null) return leaf(true, 'the sender did not list the changed paths: counted as matching');
  const some = changed.slice(0, 20).map(path => cut(path));
  if (changed.length === 0) return leaf(false, 'no path was changed', some);
  const hit = changed.find(path => select(matchers, path, patterns).result === 'matches');
  if (hit !== undefined) return leaf(true, `changed path ${quote(hit)} matches ${listed(patterns)}`, some);
  const few = changed.slice(0, 3).map(quote).join(', ');
  const more = changed.length > 3 ? ` and ${changed.length - 3} more` : '';
  return leaf(false, `no changed path matches ${listed(patterns)}: ${few}${more}`, some);
}

type Selected =
  | { readonly result: 'excluded'; readonly by: string }
  /** `by` is null when there are only exclusions. */
  | { readonly result: 'matches'; readonly by: string | null }
  | { readonly result: 'none' };

function select(matchers: Pick<Matchers, 'glob'>, value: string, patterns: readonly string[]): Selected {
  const excludes = (pattern: string) => pattern.startsWith('!');
  const excludedBy = patterns.find(pattern => excludes(pattern) && matchers.glob(pattern.slice(1), value));
  if (excludedBy !== undefined) return { result: 'excluded', by: excludedBy.slice(1) };
  if (patterns.every(excludes)) return { result: 'matches', by: null };
  const by = patterns.find(pattern => !excludes(pattern) && matchers.glob(pattern, value));
  return by === undefined ? { result: 'none' } : { result: 'matches', by };
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

const quote = (text: string): string => JSON.stringify(cut(text));
/** A value as it is kept with the explanation: long enough to be told apart, never a whole payload. */
const seen = (value: string | null): Json => (value === null ? null : cut(value, 200));
