import type { ExecutionContext } from '../../contracts/executor.ts';
import type { Ending } from '../../domain/run.ts';
import { endOrphans } from '../process.ts';
import { type DaggerNeeds, runDagger } from './cli.ts';
import { sharedLog } from './shared-log.ts';

interface NamedCall {
  readonly name: string;
  readonly args: readonly string[];
}

/** As many as pocketci calls: more would only wait for each other in the engine. */
const mostAtATime = 2;
/** The ending of all is the first of these that one of them had. */
const worstFirst: readonly Ending['outcome'][] = ['cancelled', 'timeout', 'error', 'failure', 'success'];

/** Makes all calls, also when one fails, some at a time. One alone is as if there were no others to be. */
export async function runTogether(
  needs: DaggerNeeds,
  calls: readonly NamedCall[],
  contextOf: () => ExecutionContext,
): Promise<Ending> {
  const [only, ...others] = calls;
  if (only !== undefined && others.length === 0) return runDagger(needs, only.args, contextOf());

  const { run, home, signal } = contextOf();
  const broken = new AbortController();
  const endings = new Map<NamedCall, Ending>();
  const waiting = calls.values();
  const callAll = async (): Promise<void> => {
    for (const call of waiting) {
      const context = contextOf();
      const log = sharedLog(context, call.name);
      const beside = { ...context, write: log.write, signal: AbortSignal.any([signal, broken.signal]) };
      endings.set(call, await runDagger(needs, call.args, beside, 'shared'));
      await log.end();
    }
  };
  const callers = Array.from({ length: mostAtATime }, () =>
    callAll().catch((error: unknown) => {
      // A log that cannot be written is the end of all of them.
      broken.abort();
      throw error;
    }),
  );
  const over = await Promise.allSettled(callers);
  await endOrphans(needs, [{ run, home }]);
  for (const one of over) if (one.status === 'rejected') throw one.reason;
  return together(
    calls.flatMap(call => {
      const ending = endings.get(call);
      return ending === undefined ? [] : [{ ...ending, name: call.name }];
    }),
  );
}

/** The worst of them, with the names of all that ended so. */
function together(endings: readonly (Ending & { readonly name: string })[]): Ending {
  const outcome = worstFirst.find(word => endings.some(ending => ending.outcome === word)) ?? 'success';
  const worst = endings.filter(ending => ending.outcome === outcome);
  const told = worst.map(({ name, exitCode, reason }) => `${name}: ${reason ?? `exit code ${exitCode}`}`);
  const isTheirOwn = outcome === 'failure' || outcome === 'error';
  return {
    outcome,
    exitCode: worst[0]?.exitCode ?? null,
    reason: isTheirOwn ? told.join('; ') : (worst[0]?.reason ?? null),
  };
}
