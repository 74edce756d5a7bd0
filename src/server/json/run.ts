import { z } from 'zod';
import type { RunDetail } from '../../contracts/store.ts';
import type { Actor, Repo } from '../../domain/event.ts';
import { pipelineUri } from '../../domain/pipeline.ts';
import type { ReportState } from '../../domain/report.ts';
import type { Action } from '../../domain/rule.ts';
import { type Outcome, outcomes, type Plan, type Run, type RunStatus, runStates } from '../../domain/run.ts';
import { repoSchema } from './repo.ts';
import { actionKinds, summary } from './rule.ts';
import { iso, isoOrNull } from './time.ts';

/** A run. What its state does not have is null. */
export interface RunJson {
  readonly id: string;
  readonly rule: string;
  /** What it runs, where the event named that: a script. */
  readonly script: string | null;
  /** Which workflow of which pipeline, by its at-uri, it is; null when it is none. */
  readonly workflow: { readonly pipeline: string; readonly name: string } | null;
  readonly event: string;
  readonly state: RunStatus['state'];
  readonly outcome: Outcome | null;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly agent: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly reason: string | null;
  readonly repo: Repo | null;
  readonly ref: string | null;
  readonly sha: string | null;
  readonly rerunOf: string | null;
  /** What an adapter calls it, and where it shows it; null before it has said so, and for other actions. */
  readonly adapter: { readonly runId: string; readonly infoUrl: string | null } | null;
  /** Which build of another CI service it is; null before there is one, and for other actions. */
  readonly build: BuildJson | null;
}

/** A build, as its service calls it, and where people look at it. */
export interface BuildJson {
  readonly provider: string;
  readonly id: string;
  readonly url: string | null;
}

/** A run as lists show it, with who caused it, as the forge authenticated them. */
export interface RunSummaryJson extends RunJson {
  readonly actor: Actor;
  /** Why a queued run waits; null where it is about to start, or has. */
  readonly waits: string | null;
}

export interface AttemptJson {
  readonly attempt: number;
  readonly agent: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
}

export interface ReportJson {
  readonly reporter: string;
  readonly state: ReportState['state'];
  readonly tries: number;
  readonly error: string | null;
  readonly nextTryAt: string | null;
  readonly sentAt: string | null;
}

/** What a run does, and with what: all that an approval lets go. Of its environment and secrets only the names are shown. */
export interface WorkJson {
  readonly kind: Action['kind'];
  readonly summary: string;
  readonly url: string | null;
  readonly env: readonly string[];
  readonly secrets: readonly string[];
  /** Those of the rule's secrets that it does not get. */
  readonly withheld: readonly string[];
  readonly isolation: Plan['isolation'];
  readonly pool: string;
  readonly timeoutMs: number;
}

export interface RunDetailJson extends RunSummaryJson {
  readonly work: WorkJson;
  /** Lines of its log so far. */
  readonly logLines: number;
  readonly attempts: readonly AttemptJson[];
  readonly reports: readonly ReportJson[];
}

const run = {
  id: z.string(),
  rule: z.string(),
  script: z.string().nullable().describe('what it runs, where the event named that'),
  workflow: z
    .object({ pipeline: z.string(), name: z.string() })
    .nullable()
    .describe('which workflow of which pipeline in Tangled it is'),
  event: z.string(),
  state: z.enum(runStates),
  outcome: z.enum(outcomes).nullable(),
  exitCode: z.int().nullable(),
  attempt: z.int(),
  agent: z.string().nullable(),
  queuedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  reason: z.string().nullable(),
  repo: repoSchema.nullable(),
  ref: z.string().nullable(),
  sha: z.string().nullable(),
  rerunOf: z.string().nullable(),
  adapter: z
    .object({ runId: z.string(), infoUrl: z.string().nullable() })
    .nullable()
    .describe('what an adapter calls it, and where it shows it'),
  build: z
    .object({ provider: z.string(), id: z.string(), url: z.string().nullable() })
    .nullable()
    .describe('which build of another CI service it is'),
};

const attemptSchema = z.object({
  attempt: z.int(),
  agent: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().nullable(),
  outcome: z.string().nullable(),
});

const reportSchema = z.object({
  reporter: z.string(),
  state: z.enum(['waiting', 'sent', 'replaced', 'given up']),
  tries: z.int(),
  error: z.string().nullable(),
  nextTryAt: z.iso.datetime().nullable(),
  sentAt: z.iso
    .datetime()
    .nullable()
    .describe('when the outside heard how the run stands; null while it has not'),
});

const actor = z
  .object({ id: z.string().nullable(), name: z.string().nullable() })
  .describe('who caused it, as the forge authenticated them');

const waits = z.string().nullable().describe('why a queued run waits, if it is not about to start');

const workSchema: z.ZodType<WorkJson> = z
  .object({
    kind: z.enum(actionKinds),
    summary: z.string(),
    url: z.string().nullable().describe('where the code is cloned from'),
    env: z.array(z.string()),
    secrets: z.array(z.string()),
    withheld: z.array(z.string()).describe('secrets of the rule that this run does not get'),
    isolation: z.enum(['none', 'namespace']),
    pool: z.string(),
    timeoutMs: z.int(),
  })
  .describe('what it does, and with what');

export const runSchema: z.ZodType<RunJson> = z.object(run).meta({ id: 'Run' });
export const runSummarySchema: z.ZodType<RunSummaryJson> = z
  .object({ ...run, actor, waits })
  .meta({ id: 'RunSummary' });
export const runDetailSchema: z.ZodType<RunDetailJson> = z
  .object({
    ...run,
    actor,
    waits,
    work: workSchema,
    logLines: z.int(),
    attempts: z.array(attemptSchema),
    reports: z.array(reportSchema),
  })
  .meta({ id: 'RunDetail' });

export function runJson({ id, rule, event, attempt, queuedAt, plan, rerunOf, status }: Run): RunJson {
  const { revision, workflow } = plan;
  return {
    id,
    rule,
    script: plan.action.kind === 'script' ? plan.action.script.name : null,
    workflow: workflow && { pipeline: pipelineUri(workflow), name: workflow.name },
    event,
    attempt,
    queuedAt: iso(queuedAt),
    ...statusJson(status),
    ...counterpartJson(plan.action, status),
    repo: plan.repo,
    ref: revision?.ref ?? null,
    sha: revision?.sha ?? null,
    rerunOf,
  };
}

export const runSummaryJson = (
  run: Run,
  more: { readonly actor: Actor; readonly waits: string | null },
): RunSummaryJson => ({ ...runJson(run), actor: more.actor, waits: more.waits });

export function runDetailJson(
  { run, attempts, reports }: RunDetail,
  more: { readonly actor: Actor; readonly logLines: number; readonly waits: string | null },
): RunDetailJson {
  return {
    ...runSummaryJson(run, more),
    work: workJson(run.plan),
    logLines: more.logLines,
    attempts: attempts.map(({ attempt, agent, startedAt, finishedAt, outcome }) => ({
      attempt,
      agent,
      startedAt: iso(startedAt),
      finishedAt: isoOrNull(finishedAt),
      outcome,
    })),
    reports: reports.map(({ reporter, state, tries, error, nextTryAt, sentAt }) => ({
      reporter,
      state,
      tries,
      error,
      nextTryAt: isoOrNull(nextTryAt),
      sentAt: isoOrNull(sentAt),
    })),
  };
}

function workJson({ action, revision, env, secrets, withheld, isolation, pool, timeoutMs }: Plan): WorkJson {
  return {
    kind: action.kind,
    summary: summary(action),
    url: revision?.url ?? null,
    env: Object.keys(env),
    secrets,
    withheld,
    isolation,
    pool,
    timeoutMs,
  };
}

type StatusJson = Pick<
  RunJson,
  'state' | 'outcome' | 'exitCode' | 'agent' | 'startedAt' | 'finishedAt' | 'reason'
>;

/** Who else has a name for it. */
function counterpartJson(action: Action, status: RunStatus): Pick<RunJson, 'adapter' | 'build'> {
  const told = status.state === 'running' || status.state === 'finished' ? status.counterpart : null;
  if (told === null) return { adapter: null, build: null };
  const { id, url } = told;
  return action.kind === 'provider'
    ? { adapter: null, build: { provider: action.call.provider, id, url } }
    : { adapter: { runId: id, infoUrl: url }, build: null };
}

function statusJson(status: RunStatus): StatusJson {
  const none = {
    outcome: null,
    exitCode: null,
    agent: null,
    startedAt: null,
    finishedAt: null,
  };
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return { ...none, state: status.state, reason: status.reason };
    case 'running': {
      const { state, agent, startedAt, cancelling } = status;
      const reason = cancelling?.reason ?? null;
      return { ...none, state, agent, startedAt: iso(startedAt), reason };
    }
    case 'finished': {
      const { state, outcome, exitCode, agent, startedAt, finishedAt, reason } = status;
      return {
        state,
        outcome,
        exitCode,
        agent,
        startedAt: isoOrNull(startedAt),
        finishedAt: iso(finishedAt),
        reason,
      };
    }
  }
}
