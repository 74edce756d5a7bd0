import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
export type LookedUp =
  /** Relative to the working directory, unless absolute. */
  | { readonly result: 'found'; readonly path: string }
  | { readonly result: 'not found'; readonly reason: string };

/** Where programs are looked up. */
export interface Place {
  /** This process's own directory. */
  readonly cwd: string;
  /** The search path. */
  readonly path: string;
}

/**
 * Finds a program as one written in Go does whose commands may have a working directory ("": its own): as it is named when
 * that is absolute or there is none, else below that directory. Names without a slash are searched for. Never throws.
 */
export function goLookPath({ cwd, path }: Place, command: string, directory: string): LookedUp {
  if (command === '') return { result: 'not found', reason: 'no command is named' };
  const wanted = isAbsolute(command) || directory === '' ? command : join(directory, command);
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
