import type { Clock } from '../../contracts/clock.ts';
import { abandoned, type ExecutionContext, type Executor } from '../../contracts/executor.ts';
import type { Build, BuildOrder, Provider } from '../../contracts/provider.ts';
import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { duration } from '../../domain/report.ts';
import type { ProviderCall } from '../../domain/rule.ts';
import type { Ending, Run } from '../../domain/run.ts';
import { stopRequest } from '../stop-request.ts';
import { type FollowedLogs, follow } from './follow.ts';
import { orderOf } from './order.ts';
import { readPast } from './past.ts';
import { createSteps } from './steps.ts';
import { createTranscript, type Transcript } from './transcript.ts';

export interface ProviderExecutorNeeds {
  readonly providers: readonly Provider[];
  /** What is known of a run, and what its log tells already: an attempt goes on where the one before it was. */
  readonly store: Pick<Store, 'run' | 'log'>;
  readonly clock: Clock;
  /** What a job printed last may come so much later than its end. */
  readonly logs: FollowedLogs & { readonly lagMs: number };
}

/** Ending a build may take so long; who cancels a run is waiting. */
const cancelMs = 10_000;

/**
 * Has another CI service do the work, and tells how that goes as if it were done here. The build belongs to the run and not
 * to the attempt: who is abandoned leaves it alone, and the next attempt goes on with it. Nothing of it runs on this
 * machine, so there is nothing to isolate either.
 */
export function createProviderExecutor(needs: ProviderExecutorNeeds): Executor {
  return {
    kind: 'provider',
    execute: async (action, context) => {
      if (action.kind !== 'provider')
        throw new SignalboxError('internal', `a "${action.kind}" action is nothing for another CI service`);
      const { call } = action;
      const provider = needs.providers.find(({ name }) => name === call.provider);
      const transcript = createTranscript(context);
      try {
        if (provider === undefined) throw unknown(call.provider, needs.providers);
        return await carry(needs, { provider, call, context, transcript });
      } catch (error) {
        if (context.signal.aborted || !(error instanceof SignalboxError)) throw error;
        const step = { id: 0, name: call.provider, command: null };
        const past = await readPast(needs.store, context.run);
        // Who looks at steps alone shall see it as well.
        if (past.length === 0) {
          await transcript.begin(step);
          await transcript.print(step, [error.message]);
          await transcript.end(step);
        }
        return { outcome: 'error', exitCode: null, reason: error.message };
      }
    },
    // No process of this machine is theirs, and builds are gone on with.
    endOrphans: () => Promise.resolve([]),
    // Providers belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function unknown(name: string, providers: readonly Provider[]): SignalboxError {
  const known = providers.map(provider => provider.name).join(', ');
  return new SignalboxError(
    'not_found',
    `there is no provider ${JSON.stringify(name)} here${known === '' ? '' : ` (there is ${known})`}: it is configured in the section \`providers\``,
  );
}

interface Carried {
  readonly provider: Provider;
  readonly call: ProviderCall;
  readonly context: ExecutionContext;
  readonly transcript: Transcript;
}

async function carry(needs: ProviderExecutorNeeds, carried: Carried): Promise<Ending> {
  const { provider, call, context, transcript } = carried;
  const run = await runOf(needs, context);
  const order = orderOf(run, context.event, call);
  const stopping = new AbortController();
  using stop = stopRequest(context);
  void stop.asked.then(reason => stopping.abort(reason));
  let build: Build | null = null;
  try {
    const say = (line: string): void => void transcript.say(line);
    build = await provider.start(order, context.attempt === 1, say, stopping.signal);
    await context.tellCounterpart(build);
    const past = context.attempt === 1 ? [] : await readPast(needs.store, context.run);
    const steps = createSteps({ provider, transcript, clock: needs.clock, lagMs: needs.logs.lagMs }, past);
    return await follow({ ...needs, provider, transcript, steps }, build, stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
    return stopped(needs, carried, { run, order, build });
  }
}

/** The attempt is over before the build is: that ends as well, unless the run goes on without this attempt. */
async function stopped(
  needs: ProviderExecutorNeeds,
  { provider, context }: Carried,
  { run, order, build }: { readonly run: Run; readonly order: BuildOrder; readonly build: Build | null },
): Promise<Ending> {
  const { signal } = context;
  const ending: Ending = signal.aborted
    ? { outcome: 'cancelled', exitCode: null, reason: null }
    : {
        outcome: 'timeout',
        exitCode: null,
        reason: `the limit of ${duration(run.plan.timeoutMs)} was over while the build was running`,
      };
  if (signal.aborted && (signal.reason === abandoned || !(await isToEnd(needs, context)))) return ending;
  try {
    await provider.cancel(order, build, AbortSignal.timeout(cancelMs));
    return ending;
  } catch (error) {
    const why = SignalboxError.from(error).message;
    const where = build?.url ?? provider.name;
    return { ...ending, reason: `the build could not be ended, and may go on at ${where}: ${why}` };
  }
}

/** Whether somebody wants the run to end, and not only this attempt: its successor has the same build. */
async function isToEnd(
  needs: Pick<ProviderExecutorNeeds, 'store'>,
  context: ExecutionContext,
): Promise<boolean> {
  const run = (await needs.store.run(context.run))?.run;
  if (run === undefined) return true;
  const { attempt, status } = run;
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return false;
    case 'running':
      return attempt === context.attempt;
    case 'finished':
      return status.outcome !== 'lost';
  }
}

async function runOf(
  { store }: Pick<ProviderExecutorNeeds, 'store'>,
  context: ExecutionContext,
): Promise<Run> {
  const found = await store.run(context.run);
  if (found === undefined) throw new SignalboxError('not_found', `${context.run} is forgotten`);
  return found.run;
}
