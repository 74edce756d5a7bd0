import { type Actor, blankEvent, type NewEvent, type Patch, type Repo } from '../../domain/event.ts';
import { otherEvent, pushEvent } from '../forge/events.ts';
import type { Translated } from '../forge/receive.ts';
import { readPayload } from '../forge/wire.ts';
import {
  type MergeRequestPayload,
  mergeRequestPayload,
  type OtherPayload,
  otherPayload,
  type Project,
  type PushPayload,
  pushPayload,
  type User,
} from './wire.ts';

/** What a payload means. `name` is the word that it has for itself. */
export function translate(name: string, payload: unknown): Translated {
  switch (name) {
    case 'push':
    case 'tag_push':
      return readPayload(name, pushPayload, payload, push);
    case 'merge_request':
      return readPayload(name, mergeRequestPayload, payload, mergeRequest);
    default:
      return readPayload(name, otherPayload, payload, known => other(name, known));
  }
}

function push(payload: PushPayload): NewEvent {
  const commits = payload.commits ?? [];
  return pushEvent({
    ...payload,
    tagged: payload.checkout_sha ?? payload.after,
    commits: commits.map(commit => ({ ...commit, author: commit.author.name ?? '' })),
    // GitLab does not say when a push is forced: what only the dropped commits had changed is not known here.
    complete: payload.total_commits_count !== null && commits.length >= payload.total_commits_count,
    repo: repo(payload.project),
    actor: actor({ id: payload.user_id, username: payload.user_username }),
  });
}

function mergeRequest(payload: MergeRequestPayload): NewEvent {
  const { object_attributes: proposal } = payload;
  const action = patchAction(proposal.action ?? '', proposal.oldrev !== null);
  if (action === null) return other('merge_request', payload);
  return {
    ...blankEvent('patch'),
    action,
    repo: repo(payload.project),
    ref: `refs/merge-requests/${proposal.iid}/head`,
    branch: proposal.target_branch,
    after: proposal.last_commit?.id ?? null,
    actor: actor(payload.user),
    patch: patch(payload),
  };
}

/** Null for what changes neither the proposed commits nor whether they are proposed (labels, titles, approvals, …). */
function patchAction(word: string, newCommits: boolean): 'created' | 'updated' | 'closed' | 'merged' | null {
  switch (word) {
    case 'open':
      return 'created';
    case 'update':
      return newCommits ? 'updated' : null;
    case 'reopen':
      return 'updated';
    case 'close':
      return 'closed';
    case 'merge':
      return 'merged';
    default:
      return null;
  }
}

function patch({ user, object_attributes: proposal }: MergeRequestPayload): Patch {
  // A deleted source project can only have been a fork.
  const fromFork = proposal.source_project_id !== proposal.target_project_id;
  const isAuthor = user !== null && user.id === proposal.author_id;
  return {
    number: String(proposal.iid),
    title: proposal.title,
    url: proposal.url,
    from: { repo: proposal.source?.path_with_namespace ?? null, branch: proposal.source_branch },
    fromFork,
    draft: proposal.draft === true,
    author: actor({ id: proposal.author_id, username: isAuthor ? user.username : null }),
    // Nothing says who is a member. But a branch of the project itself was pushed by one: others cannot.
    authorIsMember: !fromFork,
  };
}

function other(name: string, payload: OtherPayload): NewEvent {
  const word = payload.object_attributes?.action ?? null;
  const action = word === null ? name : `${name}.${word}`;
  return otherEvent(action, {
    repo: payload.project === null ? null : repo(payload.project),
    actor: actor(payload.user),
    note: `${action} asks for nothing`,
  });
}

function repo(project: Project): Repo {
  return {
    forge: 'gitlab',
    name: project.path_with_namespace,
    url: project.git_http_url,
    defaultBranch: project.default_branch,
  };
}

/** By user name: anyone may choose any display name. */
const actor = (user: User | null): Actor => ({
  id: user === null || user.id === null ? null : String(user.id),
  name: user?.username ?? null,
});
