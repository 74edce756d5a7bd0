import { lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { removeFew } from './remove-few.ts';
import { runProgram } from './run-program.ts';

/** Millions of files take minutes. */
const timeoutMs = 10 * 60_000;

/**
 * Removes a directory with everything in it, whatever its modes and however deep. Links are removed, never followed.
 * What is more than a few entries goes by `rm`, because a path that a job makes can be longer than the system lets a
 * program name it whole.
 */
export async function removeTree(path: string, directory: string): Promise<void> {
  if (!(await exists(directory)) || (await removeFew(directory))) return;
  const run = (name: string, ...args: readonly string[]) =>
    runProgram(
      {
        name,
        args: [...args, '--', directory],
        directory: dirname(directory),
        env: { PATH: path, LC_ALL: 'C' },
        timeoutMs,
      },
      new AbortController().signal,
    );
  const { exitCode } = await run('rm', '-rf');
  if (exitCode === 0) return;
  // What is in a directory that may not be written to stays: make all of them writable (chmod -R follows no links).
  await run('chmod', '-R', 'u+rwX');
  const { stderr } = await run('rm', '-rf');
  if (await exists(directory))
    throw new SignalboxError(
      'internal',
      `${directory} could not be removed: ${stderr.split('\n', 1).join('')}`,
    );
}

async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'ENOENT');
  }
}
