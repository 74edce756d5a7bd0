import { actionOf } from './action-of.ts';
import { type Concurrency, groupName } from './concurrency.ts';
import { type Counterpart, isSameCounterpart } from './counterpart.ts';
import type { Event, Repo } from './event.ts';
import type { EventId, RunId } from './id.ts';
import type { CloneOptions, Workflow, WorkflowRef } from './pipeline.ts';
import { pipelineEnv } from './pipeline-env.ts';
import { type Action, type Isolation, providerRestarts, providersPool, type Rule } from './rule.ts';
import { secretsOf } from './secrets-of.ts';
import { isForeign } from './verdict.ts';

/** How a run can end. */
export const outcomes = [
  'success',
  'failure',
  'error',
  'timeout',
  'cancelled',
  'superseded',
  'skipped',
  'lost',
] as const;
export type Outcome = (typeof outcomes)[number];
export const runStates = ['blocked', 'queued', 'running', 'finished'] as const;

/** Which commit a run works on. `sha` null: `ref` is looked up when the checkout happens. */
export interface Revision {
  readonly url: string;
  readonly ref: string;
  readonly sha: string | null;
  /** What comes along with it; null: some history, no submodules, no tags. */
  readonly clone: CloneOptions | null;
}

/** Everything a run needs, fixed when it is planned: a later reload of the configuration does not change it. */
export interface Plan {
  readonly action: Action;
  /** The Tangled workflow that it is; null when it is none. */
  readonly workflow: WorkflowRef | null;
  readonly repo: Repo | null;
  /** Null: the run starts in an empty directory. */
  readonly revision: Revision | null;
  readonly env: Readonly<Record<string, string>>;
  /** By name; of a workflow also those of its repository, in one name for all. */
  readonly secrets: readonly string[];
  /** Those of the rule's secrets that it does not get, being strangers' code that nobody approved. */
  readonly withheld: readonly string[];
  /** How long its log is kept after its end; null: as long as all logs. */
  readonly keepLogMs: number | null;
  readonly pool: string;
  /** `namespace`: isolated or not at all. */
  readonly isolation: Exclude<Isolation, 'auto'>;
  readonly timeoutMs: number;
  readonly retryLost: number;
  /** With the group's name filled in. */
  readonly concurrency: Concurrency | null;
  /** The patch whose next push makes an approval void; null for a run that needed none. */
  readonly approvalOf: string | null;
  /** Why it may not start without an approval; null when it may, or has got one. */
  readonly blockedBy: string | null;
  readonly report: readonly string[];
}

/**
 * The life of a run:
 *
 *   blocked  waits for an approval            → queued (approved) · finished (cancelled)
 *   queued   has, or will get, a ticket       → running (claimed: attempt + 1) · finished (cancelled; `error` when
 *                                               nobody can be given its ticket)
 *   running  one agent holds it by a lease    → finished (the agent's word) · queued or finished as `lost`
 *                                               (lease over, by `retryLost`) · finished as `cancelled`
 *                                               (lease over after a cancel was asked for)
 *   finished is for ever.
 *
 * An attempt's number fences every later word about it: news of another attempt changes nothing.
 */
export type RunStatus =
  | { readonly state: 'blocked'; readonly reason: string }
  | { readonly state: 'queued'; readonly reason: string | null }
  | {
      readonly state: 'running';
      readonly agent: string;
      /** Which of the agent's claims was granted. */
      readonly claim: string;
      readonly startedAt: number;
      readonly leaseUntil: number;
      /** How it shall end, and why, when its end has been asked for. */
      readonly cancelling: Cancelling | null;
      /** Null before whoever does its work has named it, and where it is done here. */
      readonly counterpart: Counterpart | null;
    }
  | {
      readonly state: 'finished';
      readonly outcome: Outcome;
      readonly exitCode: number | null;
      /** Who had its last attempt. Null when it was not running before its end. */
      readonly agent: string | null;
      /** Null like the agent. */
      readonly startedAt: number | null;
      readonly finishedAt: number;
      readonly reason: string | null;
      /** Of the last attempt. */
      readonly counterpart: Counterpart | null;
    };

export interface Cancelling {
  readonly outcome: Extract<Outcome, 'cancelled' | 'superseded'>;
  readonly reason: string;
}

/** The work that one verdict started. */
export interface Run {
  readonly id: RunId;
  readonly event: EventId;
  readonly rule: string;
  readonly queuedAt: number;
  readonly plan: Plan;
  readonly rerunOf: RunId | null;
  /** Number of the latest attempt; 0 before the first. */
  readonly attempt: number;
  /** Grows with every change that others hear of. */
  readonly version: number;
  readonly status: RunStatus;
}

/** How an attempt ended, in the executor's words. */
export interface Ending {
  readonly outcome: Extract<Outcome, 'success' | 'failure' | 'error' | 'timeout' | 'cancelled'>;
  readonly exitCode: number | null;
  /** One sentence when the outcome alone does not say it. */
  readonly reason: string | null;
}

/** Something that happened to a run. Times are milliseconds since 1970. */
export type News =
  | {
      readonly kind: 'claimed';
      readonly agent: string;
      /** Names this claim among all: who repeats it because the answer got lost says the same. */
      readonly claim: string;
      readonly at: number;
      readonly leaseUntil: number;
    }
  | { readonly kind: 'alive'; readonly attempt: number; readonly agent: string; readonly leaseUntil: number }
  /** The ref has been looked up. */
  | { readonly kind: 'resolved'; readonly attempt: number; readonly sha: string }
  /** Whoever does its work has named it. */
  | { readonly kind: 'counterpart'; readonly attempt: number; readonly counterpart: Counterpart }
  | { readonly kind: 'finished'; readonly attempt: number; readonly at: number; readonly ending: Ending }
  | { readonly kind: 'approved'; readonly by: string }
  | { readonly kind: 'cancelled'; readonly by: string; readonly at: number }
  /** Something newer takes its place. */
  | { readonly kind: 'superseded'; readonly reason: string; readonly at: number }
  /** Its ticket could be given to nobody, however often it was tried. */
  | { readonly kind: 'undeliverable'; readonly at: number; readonly reason: string }
  /** Time has passed; a lease may be over. */
  | { readonly kind: 'lease-checked'; readonly at: number }
  /** The agent is known to be dead: its leases end now. */
  | { readonly kind: 'agent-gone'; readonly agent: string; readonly at: number; readonly reason: string };

/** Plans a run that a matched (or, with `blockedBy`, a blocked) verdict starts: that of the workflow, where there is one. */
export function plan(
  rule: Rule,
  event: Event,
  made: {
    readonly id: RunId;
    readonly at: number;
    readonly blockedBy: string | null;
    readonly workflow: Workflow | null;
  },
): Run {
  const { workflow } = made;
  const action = actionOf(rule, event, workflow);
  return {
    id: made.id,
    event: event.id,
    rule: rule.name,
    queuedAt: made.at,
    plan: {
      action,
      workflow: workflow && refOf(workflow, event),
      repo: event.repo,
      revision:
        event.repo === null || event.ref === null
          ? null
          : {
              url: event.pipeline?.sourceUrl ?? event.repo.url,
              ref: event.ref,
              sha: event.after,
              clone: workflow && workflow.clone,
            },
      env: {
        ...rule.env,
        ...event.call?.env,
        ...(workflow && event.pipeline && pipelineEnv(event.pipeline, event.repo)),
      },
      ...secretsOf(rule, event, { action, isBlocked: made.blockedBy !== null }),
      keepLogMs: rule.keepLogMs,
      pool: action.kind === 'provider' ? providersPool : rule.pool,
      isolation: rule.isolation !== 'auto' ? rule.isolation : isForeign(event) ? 'namespace' : 'none',
      timeoutMs: rule.timeoutMs,
      retryLost: action.kind === 'provider' ? providerRestarts : rule.retryLost,
      concurrency: rule.concurrency && {
        ...rule.concurrency,
        group: groupName(rule.concurrency.group, rule.name, event, workflow),
      },
      approvalOf: made.blockedBy === null ? null : patchKey(event),
      blockedBy: made.blockedBy,
      report: rule.report,
    },
    rerunOf: null,
    attempt: 0,
    version: 1,
    status: begin(action, made, null),
  };
}

function refOf({ name }: Workflow, { pipeline }: Event): WorkflowRef | null {
  return pipeline && { knot: pipeline.knot, rkey: pipeline.rkey, name };
}

/** What names a patch among all; null when the event is about none. */
export function patchKey({ repo, patch }: Pick<Event, 'repo' | 'patch'>): string | null {
  return repo === null || patch === null ? null : `${repo.name} ${patch.number}`;
}

/** The same work once more, as a run of its own. What nobody has approved yet waits for that again: see `blockedBy`. */
export function rerun(
  run: Run,
  made: { readonly id: RunId; readonly at: number; readonly blockedBy: string | null },
): Run {
  return {
    ...run,
    id: made.id,
    queuedAt: made.at,
    plan: { ...run.plan, blockedBy: made.blockedBy },
    rerunOf: run.id,
    attempt: 0,
    version: 1,
    status: begin(run.plan.action, made, `repeats ${run.id}`),
  };
}

/** What is known to be impossible does not wait for anything. */
function begin(
  action: Action,
  { at, blockedBy }: { readonly at: number; readonly blockedBy: string | null },
  reason: string | null,
): RunStatus {
  const problem = action.kind === 'workflow' ? action.workflow.problem : null;
  if (problem !== null)
    return {
      state: 'finished',
      outcome: 'error',
      exitCode: null,
      agent: null,
      startedAt: null,
      finishedAt: at,
      reason: problem,
      counterpart: null,
    };
  return blockedBy === null ? { state: 'queued', reason } : { state: 'blocked', reason: blockedBy };
}

/** The run after the news; the very same object when the news is late, repeated or says nothing new. */
export function advance(run: Run, news: News): Run {
  const { status } = run;
  switch (news.kind) {
    case 'claimed':
      if (status.state !== 'queued') return run;
      return {
        ...changed(run, {
          state: 'running',
          agent: news.agent,
          claim: news.claim,
          startedAt: news.at,
          leaseUntil: news.leaseUntil,
          cancelling: null,
          counterpart: null,
        }),
        attempt: run.attempt + 1,
      };
    case 'alive':
      if (status.state !== 'running' || run.attempt !== news.attempt || status.agent !== news.agent)
        return run;
      // A longer lease is nobody else's business: the version stays.
      return status.leaseUntil >= news.leaseUntil
        ? run
        : { ...run, status: { ...status, leaseUntil: news.leaseUntil } };
    case 'resolved':
      if (status.state !== 'running' || run.attempt !== news.attempt) return run;
      if (run.plan.revision === null || run.plan.revision.sha !== null) return run;
      return {
        ...changed(run, status),
        plan: { ...run.plan, revision: { ...run.plan.revision, sha: news.sha } },
      };
    case 'counterpart':
      if (status.state !== 'running' || run.attempt !== news.attempt) return run;
      return isSameCounterpart(status.counterpart, news.counterpart)
        ? run
        : changed(run, { ...status, counterpart: news.counterpart });
    case 'finished':
      if (status.state !== 'running' || run.attempt !== news.attempt) return run;
      return changed(run, {
        state: 'finished',
        ...news.ending,
        ...(news.ending.outcome === 'cancelled' && status.cancelling !== null ? status.cancelling : {}),
        agent: status.agent,
        startedAt: status.startedAt,
        finishedAt: news.at,
        counterpart: status.counterpart,
      });
    case 'approved':
      return status.state === 'blocked'
        ? {
            ...changed(run, { state: 'queued', reason: `approved by ${news.by}` }),
            plan: { ...run.plan, blockedBy: null },
          }
        : run;
    case 'cancelled':
      return cancel(run, { outcome: 'cancelled', reason: `cancelled by ${news.by}` }, news.at);
    case 'superseded':
      return cancel(run, { outcome: 'superseded', reason: news.reason }, news.at);
    case 'undeliverable':
      return status.state === 'queued'
        ? changed(run, unstarted({ outcome: 'error', reason: news.reason }, news.at))
        : run;
    case 'lease-checked':
      return status.state === 'running' && status.leaseUntil <= news.at
        ? lose(run, status, news.at, `${status.agent} was silent for longer than its lease`)
        : run;
    case 'agent-gone':
      return status.state === 'running' && status.agent === news.agent
        ? lose(run, status, news.at, news.reason)
        : run;
  }
}

function cancel(run: Run, cancelling: Cancelling, at: number): Run {
  const { status } = run;
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return changed(run, unstarted(cancelling, at));
    case 'running':
      return status.cancelling === null ? changed(run, { ...status, cancelling }) : run;
    case 'finished':
      return run;
  }
}

/** The end of what nobody had begun. */
function unstarted(end: { readonly outcome: Outcome; readonly reason: string }, at: number): RunStatus {
  const none = { exitCode: null, agent: null, startedAt: null, counterpart: null };
  return { state: 'finished', ...end, ...none, finishedAt: at };
}

function lose(run: Run, status: Extract<RunStatus, { state: 'running' }>, at: number, why: string): Run {
  const { agent, startedAt, counterpart } = status;
  const end = { state: 'finished', exitCode: null, agent, startedAt, finishedAt: at, counterpart } as const;
  if (status.cancelling !== null) return changed(run, { ...end, ...status.cancelling });
  const lost = `attempt ${run.attempt} was lost: ${why}`;
  return run.attempt > run.plan.retryLost
    ? changed(run, { ...end, outcome: 'lost', reason: lost })
    : changed(run, { state: 'queued', reason: lost });
}

function changed(run: Run, status: RunStatus): Run {
  return { ...run, version: run.version + 1, status };
}
