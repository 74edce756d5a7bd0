import type { Checkout, Workspace } from '../contracts/checkout.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Executor } from '../contracts/executor.ts';
import type { Claim } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import { eventJson } from '../domain/event-json.ts';
import { duration } from '../domain/report.ts';
import type { Ending, Revision, Run } from '../domain/run.ts';
import { type AttemptLog, createAttemptLog, type MaskSecrets, type Speaker } from './attempt-log.ts';
import { checkoutStep } from './checkout-step.ts';
import { type Deadline, deadlineIn } from './deadline.ts';
import { jobEnv } from './job-env.ts';
import type { Journal } from './journal.ts';

export interface AttemptNeeds {
  readonly agent: Speaker;
  readonly checkout: Pick<Checkout, 'prepare'>;
  readonly executors: readonly Executor[];
  readonly maskSecrets: MaskSecrets;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface AttemptOptions {
  /** The agent's. */
  readonly name: string;
  readonly logLimitBytes: number;
  /** The machine's own share of every job's environment. */
  readonly baseEnv: Readonly<Record<string, string>>;
}

export type Granted = Extract<Claim, { result: 'granted' }>;

/** The time was over before the job had begun. */
const overInCheckout = Symbol('over in checkout');

/**
 * One attempt from checkout to its ending, both within the rule's time. Whatever goes wrong on the way is the ending
 * `error`, with the reason. Throws only when its log cannot be stored.
 */
export async function attempt(
  needs: AttemptNeeds,
  options: AttemptOptions,
  claim: Granted,
  signal: AbortSignal,
): Promise<Ending> {
  const { run, secrets } = claim;
  const log = createAttemptLog(needs, {
    run: run.id,
    attempt: run.attempt,
    secrets: Object.values(secrets),
    limitBytes: options.logLimitBytes,
  });
  let ending: Ending;
  try {
    ending = await perform(needs, options, claim, log, signal);
  } catch (error) {
    if (!(error instanceof SignalboxError) && !signal.aborted)
      needs.journal.note({ kind: 'trouble', where: `run ${run.id}`, error });
    ending = signal.aborted
      ? { outcome: 'cancelled', exitCode: null, reason: null }
      : { outcome: 'error', exitCode: null, reason: SignalboxError.from(error).message };
  }
  if (ending.reason !== null) log.say(ending.reason);
  await log.end();
  return ending.reason === null ? ending : { ...ending, reason: log.masked(ending.reason) };
}

async function perform(
  needs: AttemptNeeds,
  options: AttemptOptions,
  { run, event, trigger, secrets }: Granted,
  log: AttemptLog,
  signal: AbortSignal,
): Promise<Ending> {
  const { action, timeoutMs } = run.plan;
  const directory = action.kind === 'command' ? action.directory : undefined;
  // What is there already needs no checkout, and no repository that can be cloned.
  const revision = directory === undefined ? run.plan.revision : null;
  log.say(`attempt ${run.attempt} on ${options.name}`);
  if (run.plan.withheld.length > 0)
    log.say(
      `without its secrets (${run.plan.withheld.join(', ')}): this is code of somebody who is no member, and nobody has approved it`,
    );
  const executor = needs.executors.find(executor => executor.kind === action.kind);
  if (executor === undefined)
    throw new SignalboxError('unavailable', `this agent cannot run a "${action.kind}" action`);
  if (revision?.url === '')
    throw new SignalboxError(
      'not_found',
      `no event has come from ${run.plan.repo?.name ?? 'the repository'} yet: write its clone URL into the rule's repo`,
    );
  using deadline = deadlineIn(needs.clock, timeoutMs);
  const prepared = await prepare(needs, run, revision, log, deadline, signal);
  if (prepared === overInCheckout) return timedOut(timeoutMs, 'checking out');
  // Awaited below: the workspace lives as long as the job.
  await using workspace = prepared;
  if (revision !== null && revision.sha === null && workspace.sha !== null) {
    const news = { kind: 'resolved', attempt: run.attempt, sha: workspace.sha } as const;
    await needs.agent.news({ kind: 'news', run: run.id, news });
  }
  const sha = workspace.sha ?? run.plan.revision?.sha ?? null;
  const eventFile = await workspace.place('event.json', `${JSON.stringify(eventJson(event), null, 2)}\n`);
  const ending = await executor.execute(action, {
    run: run.id,
    attempt: run.attempt,
    event,
    directory: directory ?? workspace.directory,
    home: workspace.home,
    isolation: run.plan.isolation,
    trigger,
    env: jobEnv(options.baseEnv, { run, event, eventFile, sha, secrets }),
    timeoutMs: deadline.leftMs(),
    signal,
    write: log.write,
    step: log.step,
    tellCounterpart: async ({ id, url }) => {
      const counterpart = { id: log.masked(id), url: url === null ? null : log.masked(url) };
      const news = { kind: 'counterpart', attempt: run.attempt, counterpart } as const;
      await needs.agent.news({ kind: 'news', run: run.id, news });
    },
  });
  // Another CI service has limits of its own.
  return ending.outcome === 'timeout' && action.kind !== 'provider' ? timedOut(timeoutMs, 'running') : ending;
}

async function prepare(
  { checkout }: AttemptNeeds,
  { id, attempt, plan }: Run,
  revision: Revision | null,
  log: AttemptLog,
  deadline: Deadline,
  signal: AbortSignal,
): Promise<Workspace | typeof overInCheckout> {
  const either = AbortSignal.any([signal, deadline.signal]);
  const step = checkoutStep(plan);
  if (step !== null) await log.step({ ...step, status: 'start' });
  try {
    return await checkout.prepare(id, attempt, revision, log.say, either);
  } catch (error) {
    if (deadline.signal.aborted && !signal.aborted) return overInCheckout;
    throw error;
  } finally {
    if (step !== null) await log.step({ ...step, status: 'end' });
  }
}

const timedOut = (timeoutMs: number, doing: string): Ending => ({
  outcome: 'timeout',
  exitCode: null,
  reason: `the limit of ${duration(timeoutMs)} was over while ${doing}`,
});
