import { existsSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { ExecutionContext, Executor } from '../../contracts/executor.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { HookCommand } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import { goLookPath } from '../../lib/go-look-path.ts';
import { endOrphans, type ProcessNeeds, runProcess } from '../process.ts';
import { handFiles, removeHandedFiles } from './handed-files.ts';

export interface HookNeeds extends ProcessNeeds {
  /** Where the server was started: what hooks files name is looked up from there. Absolute. */
  readonly cwd: string;
  /** Where programs are searched for. */
  readonly path: string;
  /** By what Dagger's command line finds its engine. */
  readonly daggerEnvironment: Readonly<Record<string, string>>;
}

/**
 * Runs what a hook's request has put together, as adnanh/webhook does: without any shell, with both streams in one, in the
 * hook's working directory.
 */
export function createHookExecutor(needs: HookNeeds): Executor {
  return {
    kind: 'hook',
    execute: async (action, context) => {
      if (action.kind !== 'hook')
        throw new SignalboxError('internal', `a "${action.kind}" action is no hook`);
      return run(needs, action.hook, context);
    },
    endOrphans: async attempts => {
      const ended = await endOrphans(needs, attempts);
      for (const { home } of attempts) if (existsSync(home)) removeHandedFiles(home);
      return ended;
    },
    // Launcher and process tree belong to who made them.
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function run(needs: HookNeeds, hook: HookCommand, context: ExecutionContext): Promise<Ending> {
  const { program, args, refusal } = hook;
  const cwd = hook.isInCheckout ? context.directory : needs.cwd;
  const found = goLookPath({ ...needs, cwd }, program, hook.directory);
  if (refusal !== null || found.result === 'not found')
    return {
      outcome: 'error',
      exitCode: null,
      reason: refusal ?? (found.result === 'not found' ? found.reason : ''),
    };
  const directory = resolve(cwd, hook.directory);
  // What a checkout names, or links to, is its author's choice: nothing is written there in our name.
  const place = hook.isInCheckout ? '' : hook.directory;
  using files = handFiles(hook.files, { directory: place, cwd, home: context.home });
  return await runProcess(
    needs,
    {
      argv: [program, ...args],
      file: resolve(directory, found.path),
      stdin: hook.stdin === null ? undefined : inputFile(hook.stdin, context.home),
      merged: true,
    },
    { ...context, directory, env: { ...environmentFor(needs, program), ...context.env, ...files.env } },
    hook.background,
  );
}

/** Dagger's command line finds its engine by variables that no other program is to see. */
const environmentFor = ({ daggerEnvironment }: HookNeeds, program: string): ExecutionContext['env'] =>
  basename(program) === 'dagger' ? daggerEnvironment : {};

/** It goes with the attempt's own directory. */
function inputFile(stdin: string, home: string): string {
  const path = join(home, 'stdin');
  writeFileSync(path, Buffer.from(stdin, 'base64'), { mode: 0o600 });
  return path;
}
