import { setTimeout as sleep } from 'node:timers/promises';
import { SignalboxError } from '../../domain/errors.ts';
import { runProgram } from './run-program.ts';

/** How much may be on the disk, and how often that is looked at. */
export interface Room {
  readonly bytes: number;
  readonly lookEveryMs: number;
}

/** Millions of files take minutes. */
const timeoutMs = 10 * 60_000;

/**
 * Performs a task that fills directories. When they outgrow their room its signal aborts with `too_large`; between two
 * looks they may take more. What ends before the first look costs nothing.
 */
export async function withinRoom<Result>(
  needs: { readonly path: string; readonly room: Room; readonly directories: readonly string[] },
  signal: AbortSignal,
  task: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const { path, room, directories } = needs;
  const full = new AbortController();
  const over = new AbortController();
  const watching = watch();
  try {
    return await task(AbortSignal.any([signal, full.signal]));
  } finally {
    over.abort();
    await watching;
  }

  async function watch(): Promise<void> {
    try {
      for (;;) {
        await sleep(room.lookEveryMs, undefined, { signal: over.signal });
        if ((await size()) <= room.bytes) continue;
        const allowed = `${Math.floor(room.bytes / 1e6)} MB`;
        const why = `checkout too large: with its mirror it takes more than ${allowed}, which git.room allows`;
        return full.abort(new SignalboxError('too_large', why));
      }
    } catch (error) {
      // What cannot be watched must not go on.
      if (!over.signal.aborted) full.abort(SignalboxError.from(error));
    }
  }

  async function size(): Promise<number> {
    const args = ['-s', '-k', '-x', '--', ...directories];
    const env = { PATH: path, LC_ALL: 'C' };
    const du = { name: 'du', args, directory: '/', env, timeoutMs };
    // What is not there yet, or any more, is not counted, and makes it fail.
    const { stdout } = await runProgram(du, over.signal);
    const kilobytes = Array.from(stdout.matchAll(/^\d+/gm), Number);
    return kilobytes.reduce((sum, each) => sum + each, 0) * 1024;
  }
}
