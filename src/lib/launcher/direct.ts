import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { constants } from 'node:os';
import type { Command, Exit, Started, TakeOutput } from './job.ts';
import { handOn } from './output.ts';

/** Starts a program the plain way: for systems without slots, and for what a shell cannot hand on. */
export async function startDirectly(
  file: string,
  { argv, cwd, env, stdin, merged }: Command,
  take: TakeOutput,
): Promise<Started> {
  const [name, ...args] = argv;
  let input: number | undefined;
  try {
    input = stdin === undefined ? undefined : openSync(stdin, 'r');
    const child = spawn(file, args, {
      cwd,
      // Under coverage, Node would add this variable.
      env: { NODE_V8_COVERAGE: undefined, ...env },
      argv0: name,
      detached: true,
      stdio: [input ?? 'ignore', 'pipe', 'pipe'],
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
    if (child.stdout === null || child.stderr === null)
      return { result: 'refused', reason: `${file} has started without its output` };
    // In the order in which they are read, which is as good as this way can.
    const takeMerged: TakeOutput = (_stream, bytes) => take('stdout', bytes);
    const output = handOn(child.stdout, child.stderr, merged ? takeMerged : take);
    return {
      result: 'started',
      job: {
        ...output,
        pid,
        session: pid,
        launchers: [],
        init: undefined,
        files: [],
        exited,
        letGo: () => undefined,
      },
    };
  } catch (error) {
    return { result: 'refused', reason: error instanceof Error ? error.message : String(error) };
  } finally {
    if (input !== undefined) closeSync(input);
  }
}
