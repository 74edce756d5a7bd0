import type { Executor } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { fileIn } from '../../lib/folder-files.ts';
import { plainProgram } from '../../lib/launcher/job.ts';
import { endOrphans, type ProcessNeeds, runProcess } from '../process.ts';

/** Gives a file of a folder to an interpreter, without any shell. What has become of the file is looked at now. */
export function createScriptExecutor(needs: ProcessNeeds): Executor {
  return {
    kind: 'script',
    execute: async (action, context) => {
      if (action.kind !== 'script')
        throw new SignalboxError('internal', `a "${action.kind}" action is no script`);
      const { folder, name, interpreter, args, cwd } = action.script;
      const file = fileIn(folder, name);
      if (file.result === 'none') return { outcome: 'error', exitCode: null, reason: file.reason };
      const directory = cwd ?? context.directory;
      return runProcess(
        needs,
        plainProgram([interpreter, file.path, ...args]),
        { ...context, directory },
        'ends',
      );
    },
    endOrphans: runs => endOrphans(needs, runs),
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
