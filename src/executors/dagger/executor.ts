import type { ExecutionContext, Executor } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { DaggerByName, DaggerCall } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import { couldNotRun, endOrphans } from '../process.ts';
import { type ByNameNeeds, callByName } from './by-name.ts';
import { call } from './call.ts';
import { missingCli } from './cli.ts';

/** Calls functions of Dagger modules by Dagger's command line, without any shell. The engine is the user's own. */
export function createDaggerExecutor(needs: ByNameNeeds): Executor {
  return {
    kind: 'dagger',
    execute: async (action, context) => {
      if (action.kind !== 'dagger')
        throw new SignalboxError('internal', `a "${action.kind}" action is no call of Dagger`);
      const reason = missingCli(context);
      return reason === null ? perform(needs, action.dagger, context) : couldNotRun(reason);
    },
    endOrphans: attempts => endOrphans(needs, attempts),
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function perform(
  needs: ByNameNeeds,
  dagger: DaggerCall | DaggerByName,
  context: ExecutionContext,
): Promise<Ending> {
  switch (dagger.mode) {
    case 'call':
      return call(needs, dagger, context);
    case 'pocketci':
      return callByName(needs, dagger, context);
  }
}
