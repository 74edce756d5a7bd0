import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import type { Hook } from '../hook.ts';

export type Program =
  /** Relative to the working directory, unless absolute. */
  | { readonly result: 'found'; readonly path: string }
  | { readonly result: 'not found'; readonly reason: string };

/** Where programs are looked up. */
export interface Place {
  /** The server's own directory. */
  readonly cwd: string;
  /** The search path. */
  readonly path: string;
}

/**
 * The program of a hook: as it is named when that is absolute or the hook has no working directory, else below that
 * directory. Names without a slash are searched for. Never throws.
 */
export function findProgram(
  { cwd, path }: Place,
  { executeCommand, workingDirectory }: Pick<Hook, 'executeCommand' | 'workingDirectory'>,
): Program {
  if (executeCommand === '') return { result: 'not found', reason: 'the hook names no command' };
  const wanted =
    isAbsolute(executeCommand) || workingDirectory === ''
      ? executeCommand
      : join(workingDirectory, executeCommand);
  if (wanted.includes('/')) {
    const reason = unfit(resolve(cwd, wanted));
    return reason === null
      ? { result: 'found', path: wanted }
      : { result: 'not found', reason: `${wanted} ${reason}` };
  }
  const places = path.split(':').filter(isAbsolute);
  const found = places.map(place => join(place, wanted)).find(file => unfit(file) === null);
  if (found !== undefined) return { result: 'found', path: found };
  const hint = wanted.includes(' ') ? ': arguments belong in pass-arguments-to-command' : '';
  return { result: 'not found', reason: `${wanted} is nowhere in PATH${hint}` };
}

/** Why a file cannot be executed, or null when it can. */
function unfit(file: string): string | null {
  try {
    const stat = statSync(file);
    if (stat.isDirectory()) return 'is a directory';
    if ((stat.mode & 0o111) === 0) return 'may not be executed: chmod +x lets it';
    accessSync(file, constants.X_OK);
    return isBareScript(file) ? 'is a script without a first line such as "#!/bin/sh"' : null;
  } catch {
    return 'does not exist or cannot be reached';
  }
}

const looksLikeText = /^[\t\n\r\x20-\x7e]+$/;

/** The system refuses text that names no interpreter; other ways to start a process would hand it to a shell. */
function isBareScript(file: string): boolean {
  const head = Buffer.alloc(128);
  const handle = openSync(file, 'r');
  try {
    const text = head.toString('latin1', 0, readSync(handle, head, 0, head.length, 0));
    return looksLikeText.test(text) && !text.startsWith('#!');
  } finally {
    closeSync(handle);
  }
}
