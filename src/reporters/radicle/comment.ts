import type { Reported } from '../../contracts/reporter.ts';
import type { CommitReport } from '../../domain/report.ts';
import type { Notes } from '../notes.ts';
import { type Call, failure } from './tool-failure.ts';

export interface CommentNeeds {
  readonly notes: Notes;
  readonly call: Call;
  /** Whose comments this node writes, as a DID; null: nobody knows. */
  readonly own: string | null;
}

const oid = /\b[0-9a-f]{40}\b/;

/** Says something on a revision of a patch: by one comment for each subject, which is edited in place. */
export async function tellComment(
  { notes, call, own }: CommentNeeds,
  { repo, rule, subject }: CommitReport,
  on: { readonly patch: string; readonly revision: string; readonly words: string },
): Promise<Reported> {
  const { patch, revision, words } = on;
  const about = `comment ${subject}`;
  const mark = `<!-- signalbox ${rule} -->`;
  const noted = await notes.find(about);
  const known = noted ?? (await findComment());
  const edit = known === null ? [] : ['--edit', known];
  const options = [...edit, '--message', `${words}\n\n${mark}`, '--repo', repo.name, '--quiet'];
  const told = await call('rad', 'patch', 'comment', revision, ...options);
  if (told.result !== 'done') return failure('rad', told);
  const id = known ?? oid.exec(told.output)?.[0] ?? null;
  if (noted === null && id !== null) await notes.write(about, id);
  return { result: 'sent' };

  /** One that was written before whoever wrote it lost its notes. */
  async function findComment(): Promise<string | null> {
    const which = ['--repo', repo.name, '--type', 'xyz.radicle.patch', '--object', patch];
    const shown = await call('rad', 'cob', 'show', ...which);
    return shown.result === 'done' && own !== null ? commentWith(shown.output, revision, mark, own) : null;
  }
}

/** The id of the comment on a revision, as `rad cob show` has it, in whose text the mark stands; but nobody else's. */
function commentWith(json: string, revision: string, mark: string, own: string): string | null {
  const comments = at(at(at(at(parse(json), 'revisions'), revision), 'discussion'), 'comments');
  if (typeof comments !== 'object' || comments === null) return null;
  const has = (value: unknown, text: string): boolean => JSON.stringify(value ?? null).includes(text);
  const found = Object.entries(comments).findLast(
    ([, comment]: readonly [string, unknown]) => has(comment, mark) && has(at(comment, 'author'), own),
  );
  return found?.[0] ?? null;
}

const at = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null && key in value
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // another version's output: the comment is not found
  }
}
