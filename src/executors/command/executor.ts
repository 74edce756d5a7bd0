import type { Executor } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Action } from '../../domain/rule.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { endOrphans, type ProcessNeeds, runProcess } from '../process.ts';

/** Runs a line for the shell, which stops at the first command that fails, or a program without any shell. */
export function createCommandExecutor(needs: ProcessNeeds): Executor {
  return {
    kind: 'command',
    execute: (action, context) => runProcess(needs, plainProgram(argvOf(action)), context, 'ends'),
    endOrphans: attempts => endOrphans(needs, attempts),
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function argvOf(action: Action): readonly [string, ...string[]] {
  if (action.kind !== 'command')
    throw new SignalboxError('internal', `a "${action.kind}" action is no command`);
  const { command } = action;
  return 'argv' in command ? command.argv : ['/bin/sh', '-e', '-c', command.shell];
}
