import type { z } from 'zod';
import { cut } from '../domain/shown.ts';
import { nearest } from '../lib/nearest.ts';
import { knownKeys } from './json-schema.ts';
import { type Finding, finding, type Path } from './problem.ts';

type Issue = z.core.$ZodIssue;

const isMissing = 'is missing';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a section (lines of `key: value`)',
  record: 'a section (lines of `key: value`)',
};

/** What to say where a schema has no words of its own. */
export const wordsFor: z.core.$ZodErrorMap = issue => {
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return isMissing;
  const wanted = kinds[issue.expected] ?? issue.expected;
  if (issue.input === null) return `is empty: write ${wanted}`;
  const { input } = issue;
  if (issue.expected === 'string' && (typeof input === 'number' || typeof input === 'boolean'))
    return `write a text: put it in quotes, "${input}"`;
  return `write ${wanted}, not ${kindOf(input)}`;
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a section';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** More mistakes than this are not read at a time, and each takes a look at the schema. */
const mostTold = 50;

/** The findings that a schema's issues are; `data` is the whole of what was checked, `base` where the issues begin. */
export function findingsOf(issues: readonly Issue[], data: unknown, base: Path = []): readonly Finding[] {
  return issues.slice(0, mostTold).flatMap(issue => {
    const path: Path = [...base, ...issue.path.map(step => (typeof step === 'symbol' ? String(step) : step))];
    if (issue.code !== 'unrecognized_keys' && valueAt(data, path) === undefined)
      return [missing(path, issue)];
    switch (issue.code) {
      case 'unrecognized_keys':
        return unknownKeys(path, issue.keys.slice(0, mostTold));
      case 'invalid_value':
        return [wrongWord(path, issue, data)];
      case 'invalid_union':
        return inUnion(path, issue, data);
      case 'invalid_key':
        return issue.issues.map(({ message }) => ({ path, at: 'key' as const, message, suggestion: null }));
      case 'invalid_type':
      case 'too_big':
      case 'too_small':
      case 'invalid_format':
      case 'not_multiple_of':
      case 'invalid_element':
      case 'custom':
        return [finding(path, issue.message)];
    }
  });
}

function unknownKeys(path: Path, keys: readonly string[]): readonly Finding[] {
  const known = knownKeys(path);
  return keys.map(key => {
    const meant = nearest(key, known);
    const message = meant === null ? `unknown key; known here: ${known.join(', ')}` : 'unknown key';
    return { path: [...path, key], at: 'key', message, suggestion: meant };
  });
}

function wrongWord(path: Path, issue: z.core.$ZodIssueInvalidValue, data: unknown): Finding {
  const words = issue.values.map(String);
  const written = valueAt(data, path);
  if (issue.message !== '' && words.length === 1) return finding(path, issue.message);
  const what = typeof written === 'string' ? `${JSON.stringify(cut(written))} is not known` : 'not known';
  return finding(
    path,
    `${what}: write one of ${words.join(', ')}`,
    typeof written === 'string' ? nearest(written, words) : null,
  );
}

function missing(path: Path, { message }: Issue): Finding {
  return finding(path, message === isMissing ? isMissing : `${isMissing}: ${message}`);
}

/** Of the alternatives, the one that the value evidently meant to be: whose complaint is about more than its type. */
function inUnion(path: Path, issue: z.core.$ZodIssueInvalidUnion, data: unknown): readonly Finding[] {
  // Where there is a choice between one and many, many stands last.
  const alternatives = Array.isArray(valueAt(data, path)) ? issue.errors.toReversed() : issue.errors;
  const meant = alternatives.find(issues =>
    issues.some(({ code, path }) => code !== 'invalid_type' || path.length > 0),
  );
  return meant === undefined ? [finding(path, issue.message)] : findingsOf(meant, data, path);
}

/** What stands at a path; undefined where nothing does. */
export function valueAt(data: unknown, path: Path): unknown {
  let value = data;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.getOwnPropertyDescriptor(value, step)?.value;
  }
  return value;
}
