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
  const found = await look(directory);
  if (found === 'nothing' || (found === 'directory' && (await removeFew(directory)))) return;
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
  if ((await look(directory)) !== 'nothing')
    throw new SignalboxError(
      'internal',
      `${directory} could not be removed: ${stderr.split('\n', 1).join('')}`,
    );
}

async function look(path: string): Promise<'nothing' | 'directory' | 'something'> {
  try {
    return (await lstat(path)).isDirectory() ? 'directory' : 'something';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'nothing' : 'something';
  }
}
