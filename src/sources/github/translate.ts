import type { z } from 'zod';
import { type Actor, blankEvent, type NewEvent, type Patch, type Repo } from '../../domain/event.ts';
import {
  type Account,
  type Commit,
  type OtherPayload,
  otherPayload,
  type PullRequestPayload,
  type PushPayload,
  pullRequestPayload,
  pushPayload,
  type Repository,
} from './wire.ts';

export type Translated =
  | { readonly result: 'event'; readonly event: NewEvent }
  | { readonly result: 'unreadable'; readonly reason: string };

/** What a payload means. `name` is the word of the `X-GitHub-Event` header. */
export function translate(name: string, payload: unknown): Translated {
  switch (name) {
    case 'push':
      return read(pushPayload, payload, push);
    case 'pull_request':
      return read(pullRequestPayload, payload, pullRequest);
    default:
      return read(otherPayload, payload, known => other(name, known));
  }
}

function read<Payload>(
  schema: z.ZodType<Payload>,
  payload: unknown,
  toEvent: (payload: Payload) => NewEvent,
): Translated {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return { result: 'event', event: toEvent(parsed.data) };
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the payload';
  return { result: 'unreadable', reason: `${where}: ${issue?.message ?? 'not as documented'}` };
}

/** GitHub lists at most so many commits of one push. */
const mostCommits = 2048;

function push(payload: PushPayload): NewEvent {
  const [, kind, name] = /^refs\/(heads|tags)\/(.+)$/.exec(payload.ref) ?? [];
  if (kind === undefined || name === undefined)
    return {
      ...other('push', { ...payload, action: null }),
      note: `a push to ${payload.ref}, which is no branch and no tag`,
    };
  const created = isZero(payload.before);
  const deleted = isZero(payload.after);
  const commits = payload.commits ?? [];
  const tag = kind === 'tags';
  return {
    ...blankEvent(tag ? 'tag' : 'push'),
    action: deleted ? 'deleted' : created ? 'created' : 'updated',
    repo: repo(payload.repository),
    ref: payload.ref,
    branch: tag ? null : name,
    before: created ? null : payload.before,
    after: deleted ? null : (payload.head_commit?.id ?? payload.after),
    commits: commits.map(commit => ({
      sha: commit.id,
      message: commit.message,
      author: commit.author.username ?? commit.author.name ?? '',
    })),
    changed: tag || deleted ? null : changed(payload, commits),
    actor: actor(payload.sender),
  };
}

/** The changed paths, or null where the commits may not be all that was pushed, or not all that changed. */
function changed(payload: PushPayload, commits: readonly Commit[]): string[] | null {
  const complete =
    payload.forced !== true &&
    commits.some(commit => commit.id === payload.after) &&
    commits.length < mostCommits &&
    commits.length >= (payload.size ?? 0);
  if (!complete) return null;
  const paths = new Set<string>();
  for (const { added, removed, modified } of commits) {
    if (added === null || removed === null || modified === null) return null;
    for (const path of [...added, ...removed, ...modified]) paths.add(path);
  }
  return [...paths].sort();
}

function pullRequest(payload: PullRequestPayload): NewEvent {
  const { pull_request: proposal } = payload;
  const action = patchAction(payload.action, proposal.merged === true);
  if (action === null) return other('pull_request', payload);
  return {
    ...blankEvent('patch'),
    action,
    repo: repo(payload.repository),
    ref: `refs/pull/${payload.number}/head`,
    branch: proposal.base.ref,
    before: proposal.base.sha,
    after: proposal.head.sha,
    actor: actor(payload.sender),
    patch: patch(payload),
  };
}

/** Null for what changes neither the proposed commits nor whether they are proposed (labels, titles, reviewers, …). */
function patchAction(word: string, merged: boolean): 'created' | 'updated' | 'closed' | 'merged' | null {
  switch (word) {
    case 'opened':
      return 'created';
    case 'synchronize':
    case 'reopened':
      return 'updated';
    case 'closed':
      return merged ? 'merged' : 'closed';
    default:
      return null;
  }
}

/** Who GitHub counts among the people of a repository; everybody else is a guest. */
const memberAssociations: readonly string[] = ['OWNER', 'MEMBER', 'COLLABORATOR'];

function patch({ number, pull_request: proposal }: PullRequestPayload): Patch {
  const from = proposal.head.repo;
  return {
    number: String(number),
    title: proposal.title,
    url: proposal.html_url,
    from: { repo: from?.full_name ?? null, branch: proposal.head.ref },
    // A deleted head repository can only have been a fork.
    fromFork: from === null || from.id !== proposal.base.repo?.id,
    draft: proposal.draft === true,
    author: actor(proposal.user),
    authorIsMember: memberAssociations.includes(proposal.author_association),
  };
}

function other(name: string, payload: OtherPayload): NewEvent {
  const action = payload.action === null ? name : `${name}.${payload.action}`;
  return {
    ...blankEvent('other'),
    action,
    repo: payload.repository === null ? null : repo(payload.repository),
    actor: actor(payload.sender),
    note: note(name, action),
  };
}

function note(name: string, action: string): string {
  switch (name) {
    case 'ping':
      return 'ping: the webhook is set up and its secret is right';
    case 'create':
    case 'delete':
      return `${name} accompanies a push, and the push is what counts`;
    default:
      return `${action} asks for nothing`;
  }
}

function repo(repository: Repository): Repo {
  return {
    forge: 'github',
    name: repository.full_name,
    url: repository.clone_url,
    defaultBranch: repository.default_branch,
  };
}

const actor = (account: Account | null): Actor => ({
  id: account === null ? null : String(account.id),
  name: account?.login ?? null,
});

/** GitHub writes a commit id of zeros where there was, or is, no commit. */
const isZero = (sha: string): boolean => /^0+$/.test(sha);
