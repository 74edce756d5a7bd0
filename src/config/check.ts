import { type Assembled, assemble } from './assemble.ts';
import { findingsOf, valueAt, wordsFor } from './issues.ts';
import type { Finding, Path } from './problem.ts';
import type { ConditionChecks } from './rule-checks.ts';
import { configSchema } from './schema.ts';
import { name as ruleName } from './schema-parts.ts';

/** What is broken may hide something broken within it, and that again; nobody mends more layers in one go. */
const mostLayers = 5;

/** What there is to say of a document; `config` is null when its form is broken, though problems are all that can be found. */
export type Checked =
  | Assembled
  | { readonly config: null; readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] };

/** Reads a document as a configuration. What is broken in one place keeps nothing from being checked in another. */
export function checkDocument(
  checks: ConditionChecks,
  value: unknown,
  from: Parameters<typeof assemble>[2],
  layers: number = mostLayers,
): Checked {
  const parsed = configSchema.safeParse(value, { error: wordsFor });
  if (parsed.success) return assemble(checks, parsed.data, from);
  const broken = findingsOf(parsed.error.issues, value);
  const rest = broken.reduce<unknown>((left, { path }) => without(left, whatGoes(value, path)), value);
  const others =
    rest === undefined || layers === 0 ? [] : checkDocument(checks, rest, from, layers - 1).problems;
  const problems = [...broken, ...others.filter(found => !isFollowOn(found, broken, value))];
  return { config: null, problems, warnings: [] };
}

/** What a broken value takes with it: where it is missing, the section that lacks it. */
const whatGoes = (value: unknown, path: Path): Path =>
  path.length > 1 && valueAt(value, path) === undefined ? path.slice(0, -1) : path;

/** The document without what stands at a path. */
function without(value: unknown, path: Path): unknown {
  const [section, n] = path;
  if (!isSection(value)) return undefined;
  if (section === 'version') return { ...value, version: 1 };
  const list = section === 'rules' ? value[section] : undefined;
  return typeof n === 'number' && Array.isArray(list)
    ? { ...value, rules: list.with(n, standIn(list[n], n)) }
    : cut(value, path);
}

/** Of a list that has something broken in it nothing is left. */
function cut(value: unknown, [step, ...rest]: Path): unknown {
  if (step === undefined || Array.isArray(value)) return undefined;
  if (!isSection(value) || !Object.hasOwn(value, step)) return value;
  const { [step]: inner, ...others } = value;
  const left = cut(inner, rest);
  return left === undefined ? others : { ...others, [step]: left };
}

/** Keeps the place and the name of a rule that cannot be read: others are counted from there, and may not be called the same. */
function standIn(rule: unknown, n: number): unknown {
  const own = ruleName.safeParse(isSection(rule) ? rule['name'] : undefined);
  return { name: own.success ? own.data : `unreadable-${n}`, on: 'manual', run: 'true' };
}

/** Whether something may be wrong only because of what is broken: it lies there, or names it. */
function isFollowOn({ path }: Finding, broken: readonly Finding[], value: unknown): boolean {
  const named = dependence(path, value);
  return broken.some(each => {
    const meant = each.suggestion === null ? each.path : [...each.path.slice(0, -1), each.suggestion];
    return meets(path, each.path) || (named !== null && (meets(named, each.path) || meets(named, meant)));
  });
}

/** The place outside of a rule that decides whether a value of it is right. */
function dependence(path: Path, value: unknown): Path | null {
  const [section, , key] = path;
  if (section !== 'rules') return null;
  if (key === 'secrets') return ['secrets', String(valueAt(value, path))];
  if (key === 'report') {
    const reporter = String(valueAt(value, path));
    return [reporter === 'discord' || reporter === 'hook' ? 'reports' : 'sources', reporter];
  }
  if (key === 'adapter') return ['adapters', String(valueAt(value, path))];
  if (key === 'buildkite') return ['providers', 'buildkite'];
  if (key === 'cron') return ['sources', 'schedule'];
  return key === 'repo' ? ['git'] : null;
}

/** Whether one of two places lies within the other. */
const meets = (a: Path, b: Path): boolean => a.every((step, n) => n >= b.length || step === b[n]);

const isSection = (value: unknown): value is Readonly<Record<string | number, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
