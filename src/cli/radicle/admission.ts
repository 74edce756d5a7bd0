import type { Admission } from '../../contracts/store.ts';
import { blankEvent, type Event, type Repo } from '../../domain/event.ts';
import { eventId, runId } from '../../domain/id.ts';
import type { RadicleFacts } from '../../domain/radicle.ts';
import type { Run, RunStatus } from '../../domain/run.ts';
import type { Verdict } from '../../domain/verdict.ts';
import { ulidOf } from '../../lib/ulid.ts';
import type { BrokerRun } from '../../sources/radicle/broker/run.ts';
import type { Identity } from '../../sources/radicle/identity.ts';

/** What ran these runs; they stand under its name, as those of a rule do. */
export const broker = 'radicle-ci-broker';

/**
 * A run of a broker as an event with one finished run. Ids tell the time at which it ran, so that lists have it in its
 * place; it is received now, so that it is kept as long as what comes in now. `identity` null: the node does not have
 * the repository any more, and nobody knows whether the world may see it.
 */
export function admissionOf(brokerRun: BrokerRun, identity: Identity | null, now: number): Admission {
  const { id, rid, commit, cause } = brokerRun;
  // A clock that was wrong must not make ids that sort before or behind all others.
  const at = Math.min(Math.max(brokerRun.at, 0), now);
  const unique = ulidOf(at, `${broker} ${id}`);
  const repo: Repo = {
    forge: 'radicle',
    name: rid,
    url: rid.replace('rad:', 'rad://'),
    defaultBranch: identity?.defaultBranch ?? null,
  };
  const event = eventOf(brokerRun, repo, factsOf(brokerRun, identity));
  const text = `it ran in ${broker}, as run ${id}`;
  const verdict: Verdict = {
    rule: broker,
    verdict: 'matched',
    reason: text,
    explanation: {
      holds: true,
      text,
      seen: cause.kind === 'other' ? cause.word : cause.kind,
      error: false,
      parts: [],
    },
  };
  const run: Run = {
    id: runId(unique),
    event: eventId(unique),
    rule: broker,
    queuedAt: at,
    plan: {
      action: { kind: 'elsewhere', program: broker },
      repo,
      revision: { url: repo.url, ref: event.ref ?? commit, sha: commit, clone: null },
      env: {},
      secrets: [],
      withheld: [],
      keepLogMs: null,
      pool: 'local',
      isolation: 'none',
      timeoutMs: 0,
      retryLost: 0,
      concurrency: null,
      approvalOf: null,
      blockedBy: null,
      workflow: null,
      report: [],
    },
    rerunOf: null,
    attempt: 0,
    version: 1,
    status: statusOf(brokerRun, at),
  };
  return {
    delivery: null,
    event: {
      ...event,
      id: eventId(unique),
      source: 'radicle',
      delivery: null,
      receivedAt: now,
      replayOf: null,
    },
    verdicts: [verdict],
    runs: [run],
    position: null,
  };
}

type Read = Omit<Event, 'id' | 'source' | 'delivery' | 'receivedAt' | 'replayOf'>;

function eventOf({ id, cause, commit, who }: BrokerRun, repo: Repo, radicle: RadicleFacts): Read {
  const actor = { id: who?.did ?? null, name: who?.alias ?? null };
  const common = { deliveryId: `${broker} ${id}`, repo, after: commit, actor, radicle };
  switch (cause.kind) {
    case 'branch':
      return {
        ...blankEvent('push'),
        ...common,
        action: 'updated',
        ref: `refs/heads/${cause.name}`,
        branch: cause.name,
      };
    case 'patch':
      return {
        ...blankEvent('patch'),
        ...common,
        action: 'updated',
        ref: `refs/heads/patches/${cause.id}`,
        branch: repo.defaultBranch,
        patch: {
          number: cause.id,
          title: '',
          url: null,
          from: { repo: repo.name, branch: `patches/${cause.id}` },
          fromFork: false,
          draft: false,
          author: actor,
          authorIsMember: false,
        },
      };
    case 'other':
      return { ...blankEvent('other'), ...common, note: `${broker} calls it "${cause.word}"` };
  }
}

/** Brokers took the node that a change came through for its author: nobody is trusted by what they have written. */
function factsOf({ repoName, who }: BrokerRun, identity: Identity | null): RadicleFacts {
  return {
    namespace: who?.did.replace(/^did:key:/, '') ?? null,
    standing: 'stranger',
    fetchedFrom: null,
    project: {
      name: identity?.name ?? repoName,
      description: identity?.description ?? '',
      isPrivate: identity?.isPrivate ?? true,
      delegates: identity?.delegates ?? [],
    },
    files: [],
    parent: null,
    patch: null,
  };
}

function statusOf({ result, counterpart }: BrokerRun, at: number): RunStatus {
  // When it ended is not kept; only who has seen it start could tell how long it took.
  const end = {
    state: 'finished',
    exitCode: null,
    agent: null,
    startedAt: null,
    finishedAt: at,
    counterpart,
  } as const;
  switch (result) {
    case 'success':
    case 'failure':
      return { ...end, outcome: result, reason: null };
    case null:
      return { ...end, outcome: 'error', reason: 'no_result' };
  }
}
