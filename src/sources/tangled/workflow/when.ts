import type { Explanation } from '../../../domain/explanation.ts';
import type { PipelineTrigger } from '../../../domain/pipeline.ts';
import { cut, listed } from '../../../domain/shown.ts';
import { createGlob, type Effort } from './glob.ts';

/** An entry of `when`. An empty list matches nothing. */
export interface WhenEntry {
  readonly event: readonly string[];
  readonly branch: readonly string[];
  readonly tag: readonly string[];
  /** Null: whatever has changed. */
  readonly paths: readonly string[] | null;
}

/** What a file is asked about. */
export interface Occasion {
  readonly trigger: PipelineTrigger;
  /** Paths that changed; null when nobody said, and then every condition on paths holds. */
  readonly changed: readonly string[] | null;
}

/** Whether one of the entries matches, and why. Throws `invalid` when a pattern that it has to ask is malformed. */
export function answer(when: readonly WhenEntry[], occasion: Occasion, effort: Effort): Explanation {
  if (occasion.trigger.kind === 'manual') return leaf(true, 'a start by hand asks no condition', 'manual');
  if (when.length === 0) return leaf(true, 'it has no "when", so it always answers');
  const parts: Explanation[] = [];
  for (const entry of when) {
    const part = entryAnswer(entry, occasion, effort);
    parts.push(part);
    // What follows the first that matches is not looked at, so it may even be malformed.
    if (part.holds) return { ...leaf(true, part.text), parts };
  }
  const why = parts.slice(0, 3).map(({ text }) => text);
  const text = when.length === 1 ? why.join() : `none of ${when.length} entries matches: ${why.join('; ')}`;
  return { ...leaf(false, cut(text, 300)), parts };
}

function entryAnswer(entry: WhenEntry, occasion: Occasion, effort: Effort): Explanation {
  const parts: Explanation[] = [];
  for (const ask of [event, name, paths]) {
    const part = ask(entry, occasion, effort);
    if (part === null) continue;
    parts.push(part);
    if (!part.holds) return { ...leaf(false, part.text), parts };
  }
  return { ...leaf(true, parts.map(({ text }) => text).join(', ')), parts };
}

const kinds: Readonly<Record<PipelineTrigger['kind'], string>> = {
  push: 'a push',
  pull_request: 'a pull request',
  manual: 'a start by hand',
};

function event({ event }: WhenEntry, { trigger: { kind } }: Occasion): Explanation {
  if (event.includes(kind)) return leaf(true, `it is ${kinds[kind]}`, kind);
  const wanted = event.length === 0 ? 'and no event is named' : `not ${listed(event)}`;
  return leaf(false, `it is ${kinds[kind]}, ${wanted}`, kind);
}

/** The branch or tag. */
function name({ branch, tag }: WhenEntry, { trigger }: Occasion, effort: Effort): Explanation | null {
  switch (trigger.kind) {
    case 'pull_request':
      return matched('target branch', trigger.targetBranch, 'branch', branch, effort);
    case 'push': {
      const [, kind, short = ''] = /^refs\/(heads|tags)\/(.+)$/s.exec(trigger.ref) ?? [];
      if (kind === 'heads') return matched('branch', short, 'branch', branch, effort);
      if (kind === 'tags') return matched('tag', short, 'tag', tag, effort);
      return leaf(false, `${quote(trigger.ref)} is neither a branch nor a tag`, cut(trigger.ref, 200));
    }
    case 'manual':
      return null;
  }
}

function matched(
  what: string,
  value: string,
  key: string,
  patterns: readonly string[],
  effort: Effort,
): Explanation {
  const seen = cut(value, 200);
  if (patterns.length === 0)
    return leaf(false, `${what} ${quote(value)} matches nothing: no ${key} is named`, seen);
  const by = patterns.find(pattern => createGlob(pattern).matches(value, effort));
  return by === undefined
    ? leaf(false, `${what} ${quote(value)} is none of ${listed(patterns)}`, seen)
    : leaf(true, `${what} ${quote(value)} matches ${cut(by)}`, seen);
}

function paths({ paths }: WhenEntry, { changed }: Occasion, effort: Effort): Explanation | null {
  if (paths === null) return null;
  if (changed === null) return leaf(true, 'nobody said which paths changed: counted as matching');
  const some = changed.slice(0, 20).map(path => cut(path));
  const globs = paths.map(createGlob);
  const hit = changed.find(path => globs.some(glob => glob.matches(path, effort)));
  if (hit !== undefined) return leaf(true, `changed path ${quote(hit)} matches ${listed(paths)}`, some);
  if (changed.length === 0) return leaf(false, 'no path was changed', some);
  return leaf(false, `no changed path matches ${listed(paths)}: ${listed(changed, 3)}`, some);
}

const leaf = (holds: boolean, text: string, seen: Explanation['seen'] = null): Explanation => ({
  holds,
  text,
  seen,
  error: false,
  parts: [],
});
const quote = (text: string): string => JSON.stringify(cut(text));
