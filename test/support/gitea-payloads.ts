import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../src/domain/delivery.ts';
import { delivery } from './github-payloads.ts';

/** The parts of payloads that tests look at or change; the rest is as in `test/fixtures/gitea`. */
export interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly commits: readonly Commit[];
  readonly total_commits: number;
  readonly head_commit: Commit | null;
  readonly repository: Repository;
  readonly sender: { readonly id: number; readonly login: string };
}
export interface PullRequestPayload {
  readonly action: string;
  readonly number: number;
  readonly repository: Repository;
  readonly pull_request: {
    readonly user: { readonly id: number; readonly login: string };
    readonly merged: boolean;
    readonly draft: boolean;
    readonly head: Side;
    readonly base: Side;
  };
}
interface Commit {
  readonly id: string;
  readonly author: { readonly name: string; readonly email: string; readonly username: string };
  readonly added: readonly string[];
  readonly modified: readonly string[];
  readonly removed: readonly string[];
}
interface Repository {
  readonly full_name: string;
  readonly clone_url: string;
}
interface Side {
  readonly label: string;
  readonly ref: string;
  readonly sha: string;
  readonly repo_id: number;
  readonly repo: Repository | null;
}

interface Fixtures {
  readonly push: PushPayload;
  readonly 'pull-request': PullRequestPayload;
  readonly create: object;
  readonly delete: object;
  readonly issues: object;
}

const events = {
  push: 'push',
  'pull-request': 'pull_request',
  create: 'create',
  delete: 'delete',
  issues: 'issues',
} as const;

/** A payload of `test/fixtures/gitea`. */
export function fixture<Name extends keyof Fixtures>(name: Name): Fixtures[Name] {
  const file = join(import.meta.dirname, '..', 'fixtures', 'gitea', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
export const fixtures: readonly { readonly event: string; readonly payload: object }[] = Object.entries(
  events,
).map(([name, event]) => ({ event, payload: fixture(name as keyof typeof events) }));

const zero = '0'.repeat(40);

/** A push, pointed elsewhere; `before` and `after` null stand for no commit. */
export function push(to: {
  readonly name?: string;
  readonly url?: string;
  readonly ref?: string;
  readonly before?: string | null;
  readonly after?: string | null;
}): PushPayload {
  const payload = fixture('push');
  const after = to.after === undefined ? payload.after : (to.after ?? zero);
  const newest = payload.commits[0];
  const commits = after === zero || newest === undefined ? [] : [{ ...newest, id: after }];
  return {
    ...payload,
    ref: to.ref ?? payload.ref,
    before: to.before === undefined ? payload.before : (to.before ?? zero),
    after,
    commits,
    total_commits: commits.length,
    head_commit: commits[0] ?? null,
    repository: pointed(payload.repository, to),
  };
}

/** A pull request, pointed elsewhere; `fork` names another head repository, null one that was deleted. */
export function pullRequest(to: {
  readonly action?: string;
  readonly merged?: boolean;
  readonly name?: string;
  readonly url?: string;
  readonly base?: string;
  readonly head?: Partial<Side>;
  readonly fork?: string | null;
  readonly author?: { readonly id: number; readonly login: string };
}): PullRequestPayload {
  const payload = fixture('pull-request');
  const { pull_request: proposal } = payload;
  const repository = pointed(payload.repository, to);
  const base = to.base ?? proposal.base.ref;
  const strange =
    to.fork === undefined
      ? { repo: repository }
      : to.fork === null
        ? { repo_id: -1, repo: null }
        : { repo_id: 4711, repo: { ...repository, full_name: to.fork } };
  return {
    ...payload,
    action: to.action ?? payload.action,
    repository,
    pull_request: {
      ...proposal,
      merged: to.merged ?? false,
      user: to.author ?? proposal.user,
      base: { ...proposal.base, label: base, ref: base, repo: repository },
      head: { ...proposal.head, ...strange, ...to.head },
    },
  };
}

function pointed<Place extends Repository>(
  repository: Place,
  to: { readonly name?: string; readonly url?: string },
): Place {
  return {
    ...repository,
    full_name: to.name ?? repository.full_name,
    clone_url: to.url ?? repository.clone_url,
  };
}

/** What Gitea would put into `X-Gitea-Signature`. */
export function signature(body: string | Uint8Array, secret: string): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

/** A body and the headers that Gitea would send with it; a Forgejo adds its own. */
export function giteaRequest(
  event: string,
  payload: unknown,
  secret: string,
  id: string = randomUUID(),
): { readonly body: string; readonly headers: Record<string, string> } {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const hex = signature(body, secret);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'x-gitea-delivery': id,
      'x-gitea-event': event,
      'x-gitea-event-type': event,
      'x-gitea-signature': hex,
      'x-gogs-delivery': id,
      'x-gogs-event': event,
      'x-gogs-signature': hex,
      'x-github-delivery': id,
      'x-github-event': event,
      'x-hub-signature': `sha1=${createHmac('sha1', secret).update(body).digest('hex')}`,
      'x-hub-signature-256': `sha256=${hex}`,
    },
  };
}

/** The same as it stands when the server has received it; `headers` replace, or with `undefined` remove, some. */
export function giteaDelivery(
  event: string,
  payload: unknown,
  secret: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Delivery {
  const request = giteaRequest(event, payload, secret);
  return {
    ...delivery(request.body, { ...request.headers, ...headers }),
    source: 'gitea',
    path: '/gitea',
  };
}
