import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { compileListener } from '../../../config/lightspeed/compile-listener.ts';
import { readListener } from '../../../config/lightspeed/listener.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Action } from '../../../domain/rule.ts';
import { resolvePath, systemError } from '../../../lib/references.ts';
import type { CliIo } from '../../io.ts';
import { visible } from '../../text.ts';

/** The listener that a process is. */
export interface OwnListener {
  readonly name: string;
  /** What it registers with: its file, with paths that mean the same everywhere. */
  readonly config: object;
  /** What it runs. */
  readonly action: Action;
  /** Keys that mean nothing. */
  readonly unknown: readonly string[];
}

/** Reads its file. Throws `invalid`, saying where in the file, or `not_found`. */
export function readOwnListener(file: string, { env }: Pick<CliIo, 'env'>): OwnListener {
  const text = textOf(file);
  const from = { env, directory: dirname(file) };
  const read = readListener(text);
  const compiled = compileListener(text, file, from);
  if ('message' in compiled) throw new SignalboxError('invalid', visible(compiled.message));
  const { action } = compiled.rule;
  if (read.result === 'refused' || action.kind !== 'command')
    throw new SignalboxError('internal', `${file} is no listener`);
  const { name, exec, cwd, branches, files, lockFile, discord, githubToken, unknown } = read.listener;
  return {
    name,
    action,
    unknown,
    config: {
      name,
      exec,
      cwd: resolvePath(cwd ?? '.', from),
      branch_filter: branches,
      files_filter: files,
      lock_file: lockFile === null ? null : resolvePath(lockFile, from),
      discord_hook: discord?.url ?? null,
      discord_notify: discord?.mention ?? null,
      github_status_token: githubToken,
    },
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const why = systemError(error);
    const code = why === 'it does not exist' ? 'not_found' : 'invalid';
    throw new SignalboxError(code, visible(`${file} cannot be read: ${why}`));
  }
}
