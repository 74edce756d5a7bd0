import { posix } from 'node:path';
import type { Condition } from '../../../domain/condition.ts';

/** A filter of a broker file that cannot be used; the message says why. */
export class FilterError extends Error {}

const all = (...of: readonly Condition[]): Condition => ({ kind: 'all', of });
const expression = (source: string): Condition => ({ kind: 'expression', source });
const text = (value: string): string => JSON.stringify(value);
const push = 'event.type == "push"';
const patch = 'event.type == "patch"';

/** Filters without an operand. */
const units: Readonly<Record<string, Condition>> = {
  Allow: all(),
  Deny: { kind: 'any', of: [] },
  BranchCreated: expression(`${push} && event.action == "created"`),
  BranchUpdated: expression(`${push} && event.action == "updated"`),
  BranchDeleted: expression(`${push} && event.action == "deleted"`),
  DefaultBranch: expression(`${push} && event.branch == event.repo.defaultBranch`),
  PatchCreated: expression(`${patch} && event.action == "created"`),
  PatchUpdated: expression(`${patch} && event.action == "updated"`),
};

/** Filters that look for one text. */
const leaves: Readonly<Record<string, (operand: string) => Condition>> = {
  Repository: id => expression(`event.repo.name == ${text(id)}`),
  // Whose ref it is, not the peer that it was fetched from: that may be any seed.
  Node: id => expression(`event.radicle.namespace == ${text(id.replace(/^did:key:/, ''))}`),
  Branch: name => expression(`${push} && event.branch == ${text(name)}`),
  Patch: id => expression(`${patch} && event.patch.number == ${text(id)}`),
  Tag: name => expression(`event.type == "tag" && event.ref.endsWith(${text(`/refs/tags/${name}`)})`),
  HasFile: path => expression(`${text(fileOf(path))} in event.radicle.files`),
};

const former: readonly string[] = ['AnyPatch', 'AnyPatchRef', 'AnyPushRef'];

/** Reads a filter, written with YAML's tags or as a map: both come as a word, or as an object with one key. */
export function readFilter(value: unknown): Condition {
  if (typeof value === 'string') {
    const unit = Object.hasOwn(units, value) ? units[value] : undefined;
    if (unit !== undefined) return unit;
    throw unknown(value);
  }
  const [entry, ...others] = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  if (entry === undefined || others.length > 0 || Array.isArray(value))
    throw new FilterError('a filter is one word, such as !DefaultBranch, or one key with its value');
  const [name, operand]: readonly [string, unknown] = entry;
  switch (name) {
    case 'And':
      return { kind: 'all', of: readFilters(name, operand) };
    case 'Or':
      return { kind: 'any', of: readFilters(name, operand) };
    case 'Not':
      return { kind: 'not', of: readFilter(theOne(operand)) };
  }
  if (operand === null || operand === '') return readFilter(name);
  const leaf = Object.hasOwn(leaves, name) ? leaves[name] : undefined;
  if (leaf === undefined) throw unknown(name);
  if (typeof operand !== 'string') throw takesText(name);
  return leaf(operand);
}

/** What is denied may be written as a list of one. */
function theOne(operand: unknown): unknown {
  if (!Array.isArray(operand)) return operand;
  const [only, ...others]: readonly unknown[] = operand;
  if (only === undefined || others.length > 0)
    throw new FilterError('Not takes one filter: write !Not [!Or [...]] for several');
  return only;
}

export function readFilters(where: string, value: unknown): readonly Condition[] {
  if (!Array.isArray(value)) throw new FilterError(`${where} takes a list of filters`);
  return value.map(readFilter);
}

/** The files that filters ask for, each as commits name it. */
export function filesOf(value: unknown): readonly string[] {
  return [...new Set(operandsOf('HasFile', value).map(fileOf))];
}

/** A path as commits name it. Throws for what none of them can have. */
function fileOf(path: string): string {
  const normal = posix.normalize(path);
  if (/^\/|^\.\.?(?:\/|$)|\/$|\p{Cc}/u.test(normal))
    throw new FilterError(`HasFile takes the path of a file in the repository, not ${text(path)}`);
  return normal;
}

/** The operands of all filters of one name, however deep. */
export function operandsOf(name: string, value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(each => operandsOf(name, each));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, operand]: readonly [string, unknown]) =>
    key === name && typeof operand === 'string' ? [operand] : operandsOf(name, operand),
  );
}

const takesText = (name: string): FilterError =>
  new FilterError(`${name} takes one text: write !${name} "..."`);

const unknown = (name: string): FilterError =>
  Object.hasOwn(leaves, name)
    ? takesText(name)
    : new FilterError(
        former.includes(name)
          ? `${name} is a filter of brokers before 0.7: write PatchCreated and PatchUpdated, or BranchCreated and BranchUpdated`
          : `there is no filter ${name}: there are ${[...Object.keys(leaves), ...Object.keys(units), 'And', 'Or', 'Not'].join(', ')}`,
      );
