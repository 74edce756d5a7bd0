import { createHmac, randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import type { Delivery } from '../../src/domain/delivery.ts';
import { deliveryId } from '../../src/domain/id.ts';

/** The parts of recorded payloads that tests look at or change; the rest is kept as it was recorded. */
export interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly created: boolean;
  readonly deleted: boolean;
  readonly forced: boolean;
  readonly commits: readonly Commit[];
  readonly head_commit: Commit | null;
  readonly repository: Repository;
  readonly sender: Account;
}
export interface PullRequestPayload {
  readonly action: string;
  readonly number: number;
  readonly repository: Repository;
  readonly pull_request: {
    readonly number: number;
    readonly title: string;
    readonly html_url: string;
    readonly merged: boolean;
    readonly draft: boolean;
    readonly author_association: string;
    readonly user: Account | null;
    readonly base: Side;
    readonly head: Side;
  };
  readonly sender: Account;
}
interface Account {
  readonly id: number;
  readonly login: string;
}
interface Repository {
  readonly id: number;
  readonly full_name: string;
  readonly clone_url: string;
  readonly default_branch: string;
}
interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: { readonly name: string; readonly username?: string };
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly modified: readonly string[];
}
interface Side {
  readonly ref: string;
  readonly sha: string;
  readonly repo: Repository | null;
}

interface Definition {
  readonly name: string;
  readonly examples: readonly object[];
}
const require = createRequire(import.meta.url);
const definitions = require('@octokit/webhooks-examples') as readonly Definition[];

/** Every recorded payload with the word of its `X-GitHub-Event` header. */
export const recordedPayloads: readonly { readonly event: string; readonly payload: object }[] =
  definitions.flatMap(({ name, examples }) => examples.map(payload => ({ event: name, payload })));

/** The first recorded payload of an event that passes; a copy that may be changed. */
export function recorded<Payload>(
  event: string,
  passes: (payload: Payload) => boolean = () => true,
): Payload {
  const found = recordedPayloads.find(each => each.event === event && passes(each.payload as Payload));
  if (found === undefined) throw new Error(`no ${event} payload like that was recorded`);
  return structuredClone(found.payload) as Payload;
}

const zero = '0'.repeat(40);

/** A recorded push to a branch (or tag), pointed at another repository and commit. `null` = there was, or is, none. */
export function push(to: {
  readonly name?: string;
  readonly url?: string;
  readonly ref?: string;
  readonly before?: string | null;
  readonly after?: string | null;
  readonly changed?: readonly string[];
}): PushPayload {
  const payload = recorded<PushPayload>('push', ({ ref }) => ref.startsWith('refs/heads/'));
  const ref = to.ref ?? payload.ref;
  const before = to.before === undefined ? '1'.repeat(40) : (to.before ?? zero);
  const after = to.after === undefined ? payload.after : (to.after ?? zero);
  const commits =
    after === zero || ref.startsWith('refs/tags/')
      ? []
      : payload.commits.map(commit => ({ ...commit, id: after, modified: [...(to.changed ?? [])] }));
  return {
    ...payload,
    ref,
    before,
    after,
    created: before === zero,
    deleted: after === zero,
    commits,
    head_commit: after === zero ? null : { ...payload.commits[0]!, id: after },
    repository: pointed(payload.repository, to),
  };
}

/** A recorded `opened` pull request, pointed at another repository and head commit; `fork` names another head repository. */
export function pullRequest(to: {
  readonly action?: string;
  readonly name?: string;
  readonly url?: string;
  readonly number?: number;
  readonly base?: string;
  readonly head?: { readonly ref: string; readonly sha: string };
  readonly fork?: string | null;
  readonly author?: { readonly login: string; readonly id: number };
  readonly association?: string;
  readonly merged?: boolean;
}): PullRequestPayload {
  const payload = recorded<PullRequestPayload>('pull_request', ({ action }) => action === 'opened');
  const { pull_request: proposal } = payload;
  const repository = pointed(payload.repository, to);
  const head =
    to.fork === undefined
      ? repository
      : to.fork === null
        ? null
        : { ...repository, id: repository.id + 1, full_name: to.fork };
  const number = to.number ?? payload.number;
  return {
    ...payload,
    action: to.action ?? payload.action,
    number,
    repository,
    pull_request: {
      ...proposal,
      number,
      merged: to.merged ?? false,
      author_association: to.association ?? proposal.author_association,
      user: to.author ?? proposal.user,
      base: { ...proposal.base, ref: to.base ?? proposal.base.ref, repo: repository },
      head: { ...proposal.head, ...to.head, repo: head },
    },
  };
}

function pointed<Repository extends { full_name: string; clone_url: string }>(
  repository: Repository,
  to: { readonly name?: string; readonly url?: string },
): Repository {
  return {
    ...repository,
    full_name: to.name ?? repository.full_name,
    clone_url: to.url ?? repository.clone_url,
  };
}

/** What GitHub would put into `X-Hub-Signature-256`. */
export function signature(body: string | Uint8Array, secret: string): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** A body and the headers that GitHub would send with it. */
export function githubRequest(
  event: string,
  payload: unknown,
  secret: string,
  id: string = randomUUID(),
): { readonly body: string; readonly headers: Record<string, string> } {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'GitHub-Hookshot/1234567',
      'x-github-delivery': id,
      'x-github-event': event,
      'x-hub-signature-256': signature(body, secret),
    },
  };
}

/** The same as it stands when the server has received it; `headers` replace, or with `undefined` remove, some. */
export function githubDelivery(
  event: string,
  payload: unknown,
  secret: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Delivery {
  const request = githubRequest(event, payload, secret);
  return delivery(request.body, { ...request.headers, ...headers });
}

/** Any bytes with any headers. */
export function delivery(
  body: string | Uint8Array,
  headers: Readonly<Record<string, string | undefined>>,
): Delivery {
  return {
    id: deliveryId('0'.repeat(26)),
    source: 'github',
    receivedAt: 0,
    peer: '127.0.0.1',
    method: 'POST',
    path: '/github',
    headers: Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : ([[name, value]] as const),
    ),
    body: typeof body === 'string' ? Buffer.from(body) : body,
  };
}
