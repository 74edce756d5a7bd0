import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Scalar } from 'yaml';
import type { TextValue } from './document.ts';
import type { Environment } from './env.ts';
import type { Finding, Path } from './problem.ts';

/** A secret is a line or a key file. */
const largestFileBytes = 65_536;

const reference = /\$\{(env|file):([^}]*)\}/g;

/** What paths and references are relative to. */
export interface Surroundings {
  readonly env: Environment;
  readonly directory: string;
}

export interface References {
  /** The texts that were one reference and nothing else. */
  readonly whole: ReadonlySet<Scalar>;
  /** What references stood for: never to be printed. */
  readonly values: readonly string[];
  /** The files that were read for them. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Replaces `${env:NAME}` and `${file:PATH}` in all texts; a path is relative to `directory`. */
export function replaceReferences(texts: readonly TextValue[], from: Surroundings): References {
  const whole = new Set<Scalar>();
  const values: string[] = [];
  const files: string[] = [];
  const findings: Finding[] = [];
  for (const { path, node, text } of texts) {
    if (isCommand(path)) {
      const found = text.search(reference);
      if (found >= 0) findings.push({ path, at: found, message: inCommand, suggestion: null });
      continue;
    }
    const replaced = text.replace(reference, (all, kind: string, name: string, at: number) => {
      const value = kind === 'env' ? fromEnv(from.env, name) : fromFile(from, name);
      if (all === text) whole.add(node);
      if (value.result === 'found') {
        values.push(value.text);
        if (kind === 'file') files.push(resolvePath(name, from));
        return value.text;
      }
      findings.push({ path, at, message: value.message, suggestion: null });
      return all;
    });
    node.value = replaced;
  }
  return { whole, values, files, findings };
}

/** Commands are stored and shown with every run, and have a `${…}` of their own. */
const isCommand = ([section, , key]: Path): boolean =>
  section === 'rules' && (key === 'run' || key === 'exec' || key === 'if');
const inCommand =
  'references are not replaced here: give the value a name under `env`, or under `secrets` if nobody may see it, and write $NAME';

type Value =
  | { readonly result: 'found'; readonly text: string }
  | { readonly result: 'none'; readonly message: string };

function fromEnv(env: Environment, name: string): Value {
  const text = Object.hasOwn(env, name) ? env[name] : undefined;
  return text === undefined
    ? { result: 'none', message: `the environment variable ${JSON.stringify(name)} is not set` }
    : { result: 'found', text };
}

function fromFile(from: Surroundings, name: string): Value {
  const file = resolvePath(name, from);
  const none = (why: string): Value => ({
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
