import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import type { Command, Exit, Started, TakeOutput } from './job.ts';
import { handOn } from './output.ts';

/** Starts a program the plain way: for systems without slots, and for what a shell cannot hand on. */
export async function startDirectly(
  file: string,
  { argv, cwd, env }: Command,
  take: TakeOutput,
): Promise<Started> {
  const [, ...args] = argv;
  try {
    const child = spawn(file, args, {
      cwd,
      // Under coverage, Node would add this variable.
      env: { NODE_V8_COVERAGE: undefined, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const exited = new Promise<Exit>(resolve => {
      child.once('exit', (code, signal) => {
        if (signal === null) resolve({ how: 'exited', code: code ?? 0 });
        else resolve({ how: 'killed', signal, number: constants.signals[signal] });
      });
    });
    await once(child, 'spawn');
    const { pid } = child;
    if (pid === undefined) return { result: 'refused', reason: `${file} has started without a pid` };
    const output = handOn(child.stdout, child.stderr, take);
    return {
      result: 'started',
      job: { ...output, pid, session: pid, launchers: [], init: undefined, files: [], exited },
    };
  } catch (error) {
    return { result: 'refused', reason: error instanceof Error ? error.message : String(error) };
  }
}
