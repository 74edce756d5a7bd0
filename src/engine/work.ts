import type { Checkout } from '../contracts/checkout.ts';
import type { Clock } from '../contracts/clock.ts';
import type { Executor } from '../contracts/executor.ts';
import type { Ticket } from '../contracts/store.ts';
import type { AgentEnd, Claim } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import { eventJson } from '../domain/event-json.ts';
import type { RunId } from '../domain/id.ts';
import type { Ending } from '../domain/run.ts';
import { type AttemptLog, createAttemptLog, type MaskSecrets } from './attempt-log.ts';
import { jobEnv } from './job-env.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

export interface WorkNeeds {
  readonly agent: AgentEnd;
  readonly checkout: Checkout;
  readonly executors: readonly Executor[];
  readonly maskSecrets: MaskSecrets;
  readonly clock: Clock;
  readonly journal: Journal;
}

export interface WorkOptions {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
  readonly heartbeatMs: number;
  readonly logLimitBytes: number;
  /** The machine's own share of every job's environment. */
  readonly baseEnv: Readonly<Record<string, string>>;
}

type Granted = Extract<Claim, { result: 'granted' }>;

/** A claim that got no answer is repeated after this. */
const claimAgainMs = 1_000;

/** Why an attempt was aborted without its end being known: nothing is said of it, it will be found lost. */
const abandoned = Symbol('abandoned');

/**
 * An agent's life: takes tickets, claims their runs, and sees each attempt through to its news. When `drain` aborts it
 * takes nothing new and resolves after what runs has ended; when `abandon` aborts it ends what runs and says nothing of it.
 */
export async function work(
  needs: WorkNeeds,
  options: WorkOptions,
  life: { readonly drain: AbortSignal; readonly abandon: AbortSignal },
): Promise<void> {
  const held = new Map<RunId, { readonly attempt: number; readonly abort: AbortController }>();
  using _cancels = needs.agent.onCancel(options.name, (run, attempt, reason) => {
    const mine = held.get(run);
    if (mine?.attempt === attempt) mine.abort.abort(reason);
  });
  const over = new AbortController();
  const beating = loop(needs, 'heartbeat', over.signal, async () => {
    await needs.clock.sleep(options.heartbeatMs, over.signal);
    const runs = [...held].map(([run, { attempt }]) => ({ run, attempt }));
    if (runs.length > 0) await needs.agent.news({ kind: 'alive', agent: options.name, runs });
  });
  const abandonAll = () => {
    for (const { abort } of held.values()) abort.abort(abandoned);
  };
  life.abandon.addEventListener('abort', abandonAll);
  try {
    await needs.agent.receive(options.pools, options.slots, take, life.drain);
  } finally {
    life.abandon.removeEventListener('abort', abandonAll);
    over.abort();
    await beating;
  }

  /** Asks until there is an answer: a ticket must not be settled because a claim got lost. */
  async function claimed(run: RunId): Promise<Granted | undefined> {
    const id = needs.clock.unique();
    while (!life.drain.aborted) {
      try {
        const claim = await needs.agent.claim(options.name, run, id);
        return claim.result === 'granted' ? claim : undefined;
      } catch (error) {
        needs.journal.note({ kind: 'trouble', where: `claim of ${run}`, error });
        await needs.clock.sleep(claimAgainMs, life.drain).catch(() => undefined);
      }
    }
    return undefined;
  }

  async function take(ticket: Ticket): Promise<void> {
    const claim = await claimed(ticket.run);
    if (claim === undefined) return;
    const abort = new AbortController();
    held.set(claim.run.id, { attempt: claim.run.attempt, abort });
    if (life.abandon.aborted) abort.abort(abandoned);
    try {
      const ending = await attempt(needs, options, claim, abort.signal);
      if (abort.signal.reason === abandoned) return;
      const news = { kind: 'finished', attempt: claim.run.attempt, at: needs.clock.now(), ending } as const;
      await needs.agent.news({ kind: 'news', run: claim.run.id, news });
    } catch (error) {
      // The log or the news could not be stored: the run keeps its lease, and is found when that is over.
      needs.journal.note({ kind: 'trouble', where: `run ${claim.run.id}`, error });
    } finally {
      held.delete(claim.run.id);
    }
  }
}

/** One attempt from checkout to its ending. Whatever goes wrong on the way is the ending `error`, with the reason. */
async function attempt(
  needs: WorkNeeds,
  options: WorkOptions,
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
  needs: WorkNeeds,
  options: WorkOptions,
  { run, event, secrets }: Granted,
  log: AttemptLog,
  signal: AbortSignal,
): Promise<Ending> {
  const { action, revision, timeoutMs } = run.plan;
  log.say(`attempt ${run.attempt} on ${options.name}`);
  const executor = needs.executors.find(executor => executor.kind === action.kind);
  if (executor === undefined)
    throw new SignalboxError('unavailable', `this agent cannot run a "${action.kind}" action`);
  if (revision?.url === '')
    throw new SignalboxError(
      'not_found',
      `no event has come from ${run.plan.repo?.name ?? 'the repository'} yet: write its clone URL into the rule's repo`,
    );
  await using workspace = await needs.checkout.prepare(run.id, run.attempt, revision, log.say, signal);
  if (revision !== null && revision.sha === null && workspace.sha !== null) {
    const news = { kind: 'resolved', attempt: run.attempt, sha: workspace.sha } as const;
    await needs.agent.news({ kind: 'news', run: run.id, news });
  }
  const eventFile = await workspace.place('event.json', `${JSON.stringify(eventJson(event), null, 2)}\n`);
  // Awaited here: the workspace lives as long as the job.
  return await executor.execute(action, {
    run: run.id,
    attempt: run.attempt,
    directory: workspace.directory,
    env: jobEnv(options.baseEnv, { run, event, eventFile, sha: workspace.sha, secrets }),
    timeoutMs,
    signal,
    write: log.write,
  });
}
