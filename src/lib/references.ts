import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** A secret is a line or a key file. */
const largestFileBytes = 65_536;

/** A reference in a text: its kind, and the name of what it stands for. */
export const references: RegExp = /\$\{(env|file):([^}]*)\}/g;

/** What paths and references are relative to. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
}

export type LookedUp =
  | { readonly result: 'found'; readonly text: string }
  /** One clause says why there is nothing. */
  | { readonly result: 'none'; readonly message: string };

/** What a reference stands for: a variable, or the text of a file without the line end behind it. */
export const lookUp = (kind: string, name: string, from: Surroundings): LookedUp =>
  kind === 'env' ? fromEnv(from, name) : fromFile(from, name);

function fromEnv({ env }: Surroundings, name: string): LookedUp {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  return text === undefined
    ? { result: 'none', message: `the environment variable ${JSON.stringify(name)} is not set` }
    : { result: 'found', text };
}

function fromFile(from: Surroundings, name: string): LookedUp {
  const file = resolvePath(name, from);
  const none = (why: string): LookedUp => ({
    result: 'none',
    message: `the file ${file} cannot be used: ${why}`,
  });
  try {
    const stat = statSync(file);
    if (!stat.isFile()) return none('it is not a regular file');
    if (stat.size > largestFileBytes) return none(`it is larger than ${largestFileBytes / 1024} KiB`);
    return { result: 'found', text: readFileSync(file, 'utf8').replace(/\r?\n$/, '') };
  } catch (error) {
    return none(systemError(error));
  }
}

/** What went wrong with a file, for people. */
export function systemError(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'it does not exist';
  if (code === 'EACCES' || code === 'EPERM') return 'it may not be read';
  if (code === 'EISDIR') return 'it is a directory';
  return error instanceof Error ? error.message : String(error);
}

/** An absolute path: `~/` is the home directory, what is relative lies in the directory. */
export function resolvePath(path: string, { env, directory }: Surroundings): string {
  return path.startsWith('~/') && env['HOME'] !== undefined
    ? join(env['HOME'], path.slice(2))
    : resolve(directory, path);
}
