import { type Actor, blankEvent, type NewEvent, type Patch, type Repo } from '../../domain/event.ts';
import { otherEvent, pushEvent } from '../forge/events.ts';
import type { Translated } from '../forge/receive.ts';
import { readPayload } from '../forge/wire.ts';
import {
  type Account,
  type OtherPayload,
  otherPayload,
  type PullRequestPayload,
  type PushPayload,
  pullRequestPayload,
  pushPayload,
  type Repository,
} from './wire.ts';

/** What a payload means. `name` is the word of the `X-Gitea-Event` header. */
export function translate(name: string, payload: unknown): Translated {
  switch (name) {
    case 'push':
      return readPayload(name, pushPayload, payload, push);
    case 'pull_request':
    case 'pull_request_sync':
      return readPayload(name, pullRequestPayload, payload, pullRequest);
    default:
      return readPayload(name, otherPayload, payload, known => other(name, known));
  }
}

function push(payload: PushPayload): NewEvent {
  const commits = payload.commits ?? [];
  return pushEvent({
    ...payload,
    tagged: payload.head_commit?.id ?? payload.after,
    commits: commits.map(commit => ({
      ...commit,
      author: commit.author.username || commit.author.name || '',
    })),
    // Gitea does not say when a push is forced: what only the dropped commits had changed is not known here.
    complete: payload.total_commits !== null && commits.length >= payload.total_commits,
    repo: repo(payload.repository),
    actor: actor(payload.sender),
  });
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
    case 'synchronized':
    case 'reopened':
      return 'updated';
    case 'closed':
      return merged ? 'merged' : 'closed';
    default:
      return null;
  }
}

function patch({ number, pull_request: proposal }: PullRequestPayload): Patch {
  const { head, base } = proposal;
  // Whoever may read a repository may propose commits without any branch, by a push to `refs/for/…`. They then lie in
  // the repository itself, yet are as strange as those of a fork.
  const isBranch = head.label !== '' && !head.ref.startsWith('refs/');
  const fromFork = head.repo_id !== base.repo_id || !isBranch;
  return {
    number: String(number),
    title: proposal.title,
    url: proposal.html_url,
    from: { repo: isBranch ? (head.repo?.full_name ?? null) : null, branch: head.label || head.ref },
    fromFork,
    draft: proposal.draft === true,
    author: actor(proposal.user),
    // Nothing says who is a member. But a branch of the repository itself was pushed by one: others cannot.
    authorIsMember: !fromFork,
  };
}

function other(name: string, payload: OtherPayload): NewEvent {
  const action = payload.action === null ? name : `${name}.${payload.action}`;
  return otherEvent(action, {
    repo: payload.repository === null ? null : repo(payload.repository),
    actor: actor(payload.sender),
    note: note(name, action),
  });
}

function note(name: string, action: string): string {
  switch (name) {
    case 'create':
    case 'delete':
      return `${name} accompanies a push, and the push is what counts`;
    default:
      return `${action} asks for nothing`;
  }
}

function repo(repository: Repository): Repo {
  return {
    forge: 'gitea',
    name: repository.full_name,
    url: repository.clone_url,
    defaultBranch: repository.default_branch,
  };
}

const actor = (account: Account | null): Actor => ({
  id: account === null ? null : String(account.id),
  name: account?.login ?? null,
});
