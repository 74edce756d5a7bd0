import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Delivery } from '../../src/domain/delivery.ts';
import { delivery } from './github-payloads.ts';

/** The parts of payloads that tests look at or change; the rest is as in `test/fixtures/gitlab`. */
export interface PushPayload {
  readonly object_kind: string;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly checkout_sha: string | null;
  readonly user_id: number;
  readonly user_username: string;
  readonly project: Project;
  readonly commits: readonly {
    readonly id: string;
    readonly author: { readonly name: string; readonly email: string };
    readonly added: readonly string[];
    readonly modified: readonly string[];
    readonly removed: readonly string[];
  }[];
  readonly total_commits_count: number;
}
export interface MergeRequestPayload {
  readonly object_kind: string;
  readonly user: { readonly id: number; readonly username: string };
  readonly project: Project;
  readonly object_attributes: {
    readonly iid: number;
    readonly action?: string;
    readonly oldrev?: string;
    readonly author_id: number;
    readonly draft: boolean;
    readonly source_branch: string;
    readonly source_project_id: number | null;
    readonly source: Project | null;
    readonly target_branch: string;
    readonly target_project_id: number;
    readonly last_commit: { readonly id: string } | null;
  };
}
interface Project {
  readonly path_with_namespace: string;
  readonly git_http_url: string;
}

interface Fixtures {
  readonly push: PushPayload;
  readonly 'tag-push': PushPayload;
  readonly 'merge-request': MergeRequestPayload;
  readonly note: object;
  readonly pipeline: object;
}

const names = ['push', 'tag-push', 'merge-request', 'note', 'pipeline'] as const;

/** A payload of `test/fixtures/gitlab`. */
export function fixture<Name extends keyof Fixtures>(name: Name): Fixtures[Name] {
  const file = join(import.meta.dirname, '..', 'fixtures', 'gitlab', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
export const fixtures: readonly object[] = names.map(name => fixture(name));

const zero = '0'.repeat(40);

/** A push, pointed elsewhere; `before` and `after` null stand for no commit. */
export function push(to: {
  readonly name?: string;
  readonly url?: string;
  readonly ref?: string;
  readonly before?: string | null;
  readonly after?: string | null;
}): PushPayload {
  const isTag = to.ref?.startsWith('refs/tags/') === true;
  const payload = fixture(isTag ? 'tag-push' : 'push');
  const after = to.after === undefined ? payload.after : (to.after ?? zero);
  const newest = payload.commits.at(-1);
  const commits = after === zero || newest === undefined ? [] : [{ ...newest, id: after }];
  return {
    ...payload,
    ref: to.ref ?? payload.ref,
    before: to.before === undefined ? payload.before : (to.before ?? zero),
    after,
    checkout_sha: to.after === undefined ? payload.checkout_sha : to.after,
    project: pointed(payload.project, to),
    commits,
    total_commits_count: commits.length,
  };
}

/** A merge request, pointed elsewhere; `fork` names another source project, null one that was deleted. */
export function mergeRequest(to: {
  readonly action?: string;
  readonly oldrev?: string;
  readonly name?: string;
  readonly url?: string;
  readonly target?: string;
  readonly source?: { readonly branch: string; readonly sha: string };
  readonly fork?: string | null;
  readonly user?: { readonly id: number; readonly username: string };
  readonly authorId?: number;
}): MergeRequestPayload {
  const payload = fixture('merge-request');
  const { object_attributes: proposal } = payload;
  const project = pointed(payload.project, to);
  const user = to.user ?? payload.user;
  return {
    ...payload,
    user,
    project,
    object_attributes: {
      ...proposal,
      ...(to.action === undefined ? {} : { action: to.action }),
      ...(to.oldrev === undefined ? {} : { oldrev: to.oldrev }),
      author_id: to.authorId ?? user.id,
      target_branch: to.target ?? proposal.target_branch,
      source_branch: to.source?.branch ?? proposal.source_branch,
      last_commit: { ...proposal.last_commit, id: to.source?.sha ?? proposal.last_commit?.id ?? '' },
      source_project_id: to.fork === undefined ? proposal.target_project_id : to.fork === null ? null : 4711,
      source:
        to.fork === undefined
          ? project
          : to.fork === null
            ? null
            : { ...project, path_with_namespace: to.fork },
    },
  };
}

function pointed<Place extends Project>(
  project: Place,
  to: { readonly name?: string; readonly url?: string },
): Place {
  return {
    ...project,
    path_with_namespace: to.name ?? project.path_with_namespace,
    git_http_url: to.url ?? project.git_http_url,
  };
}

/** How GitLab proves itself: by a token that it sends, or by a `whsec_` secret that it signs with. */
export type Credential = { readonly token: string } | { readonly secret: string };

/** A body and the headers that GitLab would send with it at a time (milliseconds since 1970). */
export function gitlabRequest(
  payload: unknown,
  credential: Credential,
  { id = randomUUID(), at = 0 }: { readonly id?: string; readonly at?: number } = {},
): { readonly body: string; readonly headers: Record<string, string> } {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  const proof =
    'token' in credential
      ? { 'x-gitlab-token': credential.token }
      : signature(body, credential.secret, id, String(Math.floor(at / 1000)));
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitLab/18.4.0',
      'idempotency-key': id,
      'x-gitlab-event': 'Push Hook',
      'x-gitlab-instance': 'https://gitlab.example.org',
      'x-gitlab-webhook-uuid': randomUUID(),
      'x-gitlab-event-uuid': '13792a34-cac6-4fda-95a8-c58e00a3954e',
      ...proof,
    },
  };
}

/** The three headers of a signed webhook. */
export function signature(
  body: string | Uint8Array,
  secret: string,
  id: string,
  timestamp: string,
): Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string> {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${digest}` };
}

/** The same as it stands when the server has received it; `headers` replace, or with `undefined` remove, some. */
export function gitlabDelivery(
  payload: unknown,
  credential: Credential,
  headers: Readonly<Record<string, string | undefined>> = {},
): Delivery {
  const request = gitlabRequest(payload, credential);
  return {
    ...delivery(request.body, { ...request.headers, ...headers }),
    source: 'gitlab',
    path: '/gitlab',
  };
}
