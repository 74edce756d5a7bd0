import { SignalboxError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { valueAt, withValueAt } from './json-path.ts';

/** What to change in a payload before it is sent. */
export interface Edits {
  readonly repoUrl: string | undefined;
  readonly sha: string | undefined;
  readonly branch: string | undefined;
  /** `path=value`; the value is JSON where it can be, else text. */
  readonly set: readonly string[];
}

export const hasEdits = (edits: Edits): boolean =>
  edits.repoUrl !== undefined ||
  edits.sha !== undefined ||
  edits.branch !== undefined ||
  edits.set.length > 0;

/** Points a GitHub payload at another repository, commit or branch; the `set`s have the last word. */
export function edit(body: Json, edits: Edits): Json {
  let edited = body;
  if (edits.repoUrl !== undefined) edited = replace(edited, repoUrls, edits.repoUrl, '--repo-url');
  if (edits.sha !== undefined) edited = replace(edited, shas(edited), edits.sha, '--sha');
  if (edits.branch !== undefined) edited = aimAtBranch(edited, edits.branch);
  for (const assignment of edits.set) edited = assign(edited, assignment);
  return edited;
}

const repoUrls = [
  'repository.clone_url',
  'pull_request.head.repo.clone_url',
  'pull_request.base.repo.clone_url',
];

function shas(body: Json): readonly string[] {
  if (valueAt(body, ['deleted']) === true) return ['before'];
  const commits = valueAt(body, ['commits']);
  const last = Array.isArray(commits) ? commits.length - 1 : 0;
  return ['after', 'head_commit.id', `commits.${last}.id`, 'pull_request.head.sha'];
}

function aimAtBranch(body: Json, branch: string): Json {
  const ref = valueAt(body, ['ref']);
  if (typeof ref !== 'string') return replace(body, ['pull_request.base.ref'], branch, '--branch');
  if (!ref.startsWith('refs/heads/'))
    throw new SignalboxError(
      'invalid',
      `--branch: this is a push to ${ref}, not to a branch; use --set ref=…`,
    );
  return replace(body, ['ref'], `refs/heads/${branch}`, '--branch');
}

/** Replaces what is there of these; a payload that has none of them cannot be aimed this way. */
function replace(body: Json, paths: readonly string[], value: string, option: string): Json {
  const there = paths.map(path => path.split('.')).filter(path => valueAt(body, path) !== undefined);
  if (there.length === 0)
    throw new SignalboxError(
      'invalid',
      `${option} has no place in this payload (it would be ${paths.join(' or ')}): use --set PATH=VALUE`,
    );
  return there.reduce((json, path) => withValueAt(json, path, value) ?? json, body);
}

function assign(body: Json, assignment: string): Json {
  const [, path = '', text = ''] = /^([^=]+)=(.*)$/s.exec(assignment) ?? [];
  const edited = path === '' ? undefined : withValueAt(body, path.split('.'), jsonOrText(text));
  if (edited === undefined)
    throw new SignalboxError(
      'invalid',
      path === ''
        ? `--set ${assignment}: write PATH=VALUE, like --set repository.full_name=acme/gadgets`
        : `--set ${path}: the payload has no such place`,
    );
  return edited;
}

function jsonOrText(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
