import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from './job.ts';

export type Resolved =
  | { readonly result: 'found'; readonly file: string }
  | { readonly result: 'refused'; readonly reason: string };

/** Linux gives a single argument or `NAME=value` 32 pages, the closing NUL included. */
const longestStringBytes = 32 * 4096;
/** All of them together may fill a quarter of the stack, at most 6 MiB; some room is for the program's own path. */
const mostStringsBytes = 6 * 1024 * 1024;
const spareBytes = 8 * 1024;

/** What `execvp` would find out, before there is a process: one sentence when the command cannot be started. */
export function resolveCommand(command: Command): Resolved {
  const reason = wrongText(command) ?? tooLong(command) ?? wrongDirectory(command.cwd);
  if (reason !== undefined) return { result: 'refused', reason };
  const file = command.file === undefined ? findProgram(command) : givenProgram(command.file);
  if (file.result === 'refused') return file;
  const interpreter = wrongInterpreter(file.file, command.cwd);
  return interpreter === undefined ? file : { result: 'refused', reason: interpreter };
}

function wrongText({ argv, cwd, env }: Command): string | undefined {
  const nul = (text: string): boolean => text.includes('\0');
  const argument = argv.findIndex(nul);
  if (argument >= 0)
    return `argument ${argument} of the command holds a NUL byte, which no program can be given`;
  if (nul(cwd)) return 'the working directory holds a NUL byte';
  for (const [name, value] of Object.entries(env)) {
    if (name === '' || name.includes('=') || nul(name))
      return `${JSON.stringify(name)} cannot be the name of an environment variable`;
    if (nul(value)) return `the environment variable ${name} holds a NUL byte, which no program can be given`;
  }
  return undefined;
}

function tooLong({ argv, env }: Command): string | undefined {
  let totalBytes = spareBytes;
  const add = (text: string): boolean => {
    const bytes = Buffer.byteLength(text) + 1;
    // The kernel counts the pointer to each string as well.
    totalBytes += bytes + 8;
    return bytes > longestStringBytes;
  };
  const argument = argv.findIndex(add);
  if (argument >= 0) return `argument ${argument} of the command is longer than 128 KiB: put it into a file`;
  const variable = Object.entries(env).find(([name, value]) => add(`${name}=${value}`));
  if (variable !== undefined)
    return `the environment variable ${variable[0]} is longer than 128 KiB: put it into a file`;
  // Every system grants the length of one string; only beyond that is it worth asking for the limit.
  if (totalBytes > longestStringBytes && totalBytes > argumentSpaceBytes())
    return `arguments and environment are ${Math.ceil(totalBytes / 1024)} KiB together, more than the system gives a program`;
  return undefined;
}

function argumentSpaceBytes(): number {
  if (process.platform !== 'linux') return Number.POSITIVE_INFINITY;
  const limits = readFileSync('/proc/self/limits', 'latin1');
  const stackBytes = Number(/^Max stack size +(\d+)/m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
  return Math.min(Math.max(stackBytes / 4, longestStringBytes), mostStringsBytes);
}

function wrongDirectory(cwd: string): string | undefined {
  const found = lookAt(cwd);
  if (typeof found === 'string') return `the working directory ${found}`;
  if (!found.isDirectory()) return `the working directory ${cwd} is not a directory`;
  return may(cwd, constants.X_OK) ? undefined : `the working directory ${cwd} may not be entered`;
}

/** The file that a name stands for: looked up in `PATH`, unless it holds a slash. */
export function findProgram({
  argv: [name],
  cwd,
  env,
}: {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}): Resolved {
  const path = env['PATH'];
  const files = name.includes('/')
    ? [resolve(cwd, name)]
    : (path ?? '').split(':').map(directory => resolve(cwd, directory, name));
  let reason: string | undefined;
  for (const file of files) {
    const wrong = wrongProgram(file);
    if (wrong === undefined) return { result: 'found', file };
    // What is there and cannot be used says more than what is not there.
    if (existsSync(file)) reason ??= wrong;
  }
  return { result: 'refused', reason: reason ?? missing(name, path) };
}

function givenProgram(file: string): Resolved {
  const reason = wrongProgram(file);
  return reason === undefined ? { result: 'found', file } : { result: 'refused', reason };
}

/**
 * What `execvp` is given to execute the file: the first of `argv` where that leads there, so that the program sees it as
 * its name; else the file.
 */
export function wordFor(file: string, { argv, file: given, cwd, env }: Command): string {
  if (given === undefined) return file;
  const found = findProgram({ argv, cwd, env });
  return found.result === 'found' && found.file === file ? argv[0] : file;
}

function missing(name: string, path: string | undefined): string {
  if (name.includes('/')) return `${name} does not exist`;
  return `${JSON.stringify(name)} was not found: ${path === undefined ? 'PATH is not set' : `PATH is ${path}`}`;
}

function wrongProgram(file: string): string | undefined {
  const found = lookAt(file);
  if (typeof found === 'string') return found;
  if (!found.isFile()) return `${file} is not a program`;
  return may(file, constants.X_OK) ? undefined : `${file} is not executable: chmod +x it`;
}

/** A script whose first line names a program that is not there fails as if the script itself were missing. */
function wrongInterpreter(file: string, cwd: string): string | undefined {
  // A program may be executable for those who cannot read it.
  if (!may(file, constants.R_OK)) return undefined;
  const interpreter = /^#![ \t]*([^ \t\n]+)/.exec(firstBytes(file))?.[1];
  if (interpreter === undefined) return undefined;
  const wrong = wrongProgram(resolve(cwd, interpreter));
  if (wrong === undefined) return undefined;
  return interpreter.endsWith('\r')
    ? `the first line of ${file} ends the Windows way (CR LF), so its interpreter is not found: save it with LF`
    : `the first line of ${file} asks for an interpreter that cannot be used: ${wrong}`;
}

/** As much as the kernel looks at. */
function firstBytes(file: string): string {
  const bytes = Buffer.alloc(256);
  const fd = openSync(file, 'r');
  try {
    return bytes.toString('latin1', 0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

/** What is at the path, or a clause that says why that cannot be known. */
function lookAt(path: string): Stats | string {
  try {
    return statSync(path, { throwIfNoEntry: false }) ?? `${path} does not exist`;
  } catch (error) {
    return `${path} cannot be looked at: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function may(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
