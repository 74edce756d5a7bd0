import type { Concurrency } from '../../domain/concurrency.ts';
import type { Delivery } from '../../domain/delivery.ts';
import { blankEvent, type Event, type Repo } from '../../domain/event.ts';
import { deliveryId, eventId, runId } from '../../domain/id.ts';
import { patchKey, type Run } from '../../domain/run.ts';
import type { Verdict } from '../../domain/verdict.ts';
import type { Admission, EventFilter, Page, RunFilter } from '../store.ts';

/** A fixed time: nothing here depends on what the clock says. */
export const now = 1_700_000_000_000;
export const later: number = now + 1_000_000;
export const firstPage: Page = { limit: 100, after: null };
export const anyEvent: EventFilter = { source: null, type: null, repo: null };
export const anyRun: RunFilter = { state: null, rule: null, event: null };
export const allBytes: Uint8Array = Uint8Array.from({ length: 256 }, (_, n) => n);
export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

let made = 0;
/** Greater each time, like the unique part of an id. */
export const unique = (): string => String(++made).padStart(26, '0');

export const repoNamed = (name: string): Repo => ({
  forge: 'github',
  name,
  url: `https://github.com/${name}.git`,
  defaultBranch: 'main',
});

/** What a test wants different. */
export interface Wishes {
  readonly source?: string;
  readonly type?: 'push' | 'tag';
  readonly repo?: string;
  readonly deliveryId?: string | null;
  readonly body?: Uint8Array;
  readonly receivedAt?: number;
  readonly after?: string;
  readonly runs?: number;
  readonly rule?: string;
  readonly blocked?: boolean;
  readonly report?: readonly string[];
  readonly retryLost?: number;
  readonly keepLogMs?: number | undefined;
  readonly concurrency?: Concurrency;
  readonly patch?: { readonly number: string; readonly action: string };
}

/** An admission of a push that one rule has judged. */
export function sample(wishes: Wishes = {}): Admission {
  const { source = 'github', body = allBytes, rule = 'test', receivedAt = now } = wishes;
  const delivery: Delivery = {
    id: deliveryId(unique()),
    source,
    receivedAt,
    peer: '192.0.2.7',
    method: 'POST',
    path: '/github?x=1',
    headers: [
      ['content-type', 'application/json'],
      ['x-twice', '1'],
      ['x-twice', '2'],
    ],
    body,
  };
  const event: Event = {
    ...blankEvent(wishes.type ?? 'push'),
    id: eventId(unique()),
    source,
    delivery: delivery.id,
    deliveryId: wishes.deliveryId === undefined ? unique() : wishes.deliveryId,
    receivedAt,
    replayOf: null,
    repo: repoNamed(wishes.repo ?? 'acme/app'),
    ref: 'refs/heads/main',
    branch: 'main',
    after: wishes.after ?? 'b'.repeat(40),
    ...(wishes.patch === undefined ? {} : patchOf(wishes.patch)),
  };
  const matched = (wishes.runs ?? 0) > 0;
  const verdict: Verdict = {
    rule,
    verdict: matched ? 'matched' : 'not matched',
    reason: 'branch "main"',
    explanation: {
      holds: matched,
      text: 'all',
      seen: null,
      error: false,
      parts: [{ holds: matched, text: 'branch "main"', seen: 'main', error: false, parts: [] }],
    },
  };
  return {
    delivery: { delivery, authentication: { result: 'verified', by: 'hmac', secret: '1 of 1' } },
    event,
    verdicts: [verdict],
    runs: Array.from({ length: wishes.runs ?? 0 }, () => runOf(event, rule, wishes)),
    position: null,
  };
}

function patchOf({ number, action }: NonNullable<Wishes['patch']>): Partial<Event> {
  return {
    type: 'patch',
    action,
    patch: {
      number,
      title: 'Teach it',
      url: null,
      from: { repo: 'stranger/app', branch: 'patch-1' },
      fromFork: true,
      draft: false,
      author: { id: '7', name: 'stranger' },
      authorIsMember: false,
    },
  };
}

function runOf(event: Event, rule: string, wishes: Wishes): Run {
  return {
    id: runId(unique()),
    event: event.id,
    rule,
    queuedAt: event.receivedAt,
    plan: {
      action: { kind: 'command', command: { shell: 'npm test' } },
      workflow: null,
      repo: event.repo,
      revision: {
        url: 'https://github.com/acme/app.git',
        ref: 'refs/heads/main',
        sha: event.after,
        clone: null,
      },
      env: { NODE_ENV: 'test' },
      secrets: ['NPM_TOKEN'],
      withheld: [],
      keepLogMs: wishes.keepLogMs ?? null,
      pool: 'local',
      isolation: 'none',
      timeoutMs: 60_000,
      retryLost: wishes.retryLost ?? 2,
      concurrency: wishes.concurrency ?? null,
      approvalOf: wishes.blocked === true ? patchKey(event) : null,
      blockedBy: wishes.blocked === true ? 'from a fork' : null,
      report: wishes.report ?? [],
    },
    rerunOf: null,
    attempt: 0,
    version: 1,
    status: wishes.blocked ? { state: 'blocked', reason: 'from a fork' } : { state: 'queued', reason: null },
  };
}
