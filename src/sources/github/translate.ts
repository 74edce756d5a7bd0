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

/** What a payload means. `name` is the word of the `X-GitHub-Event` header. */
export function translate(name: string, payload: unknown): Translated {
  switch (name) {
    case 'push':
      return readPayload(name, pushPayload, payload, push);
    case 'pull_request':
      return readPayload(name, pullRequestPayload, payload, pullRequest);
    default:
      return readPayload(name, otherPayload, payload, known => other(name, known));
  }
}

/** Whether a delivery asks for something, as far as the word of its event and its action tell. */
export const asksForSomething = (name: string, action: string | null): boolean =>
  name === 'push' || (name === 'pull_request' && patchAction(action ?? '', false) !== null);

/** GitHub lists at most so many commits of one push. */
const mostCommits = 2048;

function push(payload: PushPayload): NewEvent {
  const commits = payload.commits ?? [];
  return pushEvent({
    ...payload,
    tagged: payload.head_commit?.id ?? payload.after,
    commits: commits.map(commit => ({
      ...commit,
      author: commit.author.username ?? commit.author.name ?? '',
    })),
    complete:
      payload.forced !== true && commits.length < mostCommits && commits.length >= (payload.size ?? 0),
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
  return otherEvent(action, {
    repo: payload.repository === null ? null : repo(payload.repository),
    actor: actor(payload.sender),
    note: note(name, action),
  });
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
