import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import type { PlacedFinding } from './check/finding.ts';
import { type HooksFile, type HooksReading, readHooks } from './file/read-hooks.ts';
import type { Hook } from './hook.ts';

/** Hooks files, and what of them counts now. */
export interface HookFiles {
  /** Those of all files, in their order. Of an id that is there twice the first answers. */
  hooks(): readonly Hook[];
  /**
   * Reads all files again. What they say together counts from now on, or nothing of it: a file that is broken, empty or
   * doubles an id leaves all as it was. A file that is gone does as well, unless its hooks are to be dropped then. Never
   * throws; what came of it is in the log.
   */
  reload(gone: 'keep' | 'drop'): 'changed' | 'kept';
}

export interface HookFilesNeeds {
  readonly reading: HooksReading;
  /** Where relative paths begin. */
  readonly directory: string;
  /** What bites in a file that can be read: it is told in the log. */
  readonly check: (file: HooksFile) => readonly PlacedFinding[];
  /** Takes lines of the log, in the words of the original where it has any. */
  readonly log: (line: string) => void;
}

/** A file that never could be read has null; it does no harm to the others. */
type Loaded = readonly (readonly Hook[] | null)[];

/** Reads hooks files for the first time; a broken one is only logged. Throws `invalid` when two files have the same id. */
export function openHookFiles(needs: HookFilesNeeds, paths: readonly string[]): HookFiles {
  const { log } = needs;
  let loaded: Loaded = paths.map(path => {
    log(`attempting to load hooks from ${path}`);
    const read = readFile(needs, path);
    if (read.result === 'hooks') return noted(needs, path, read);
    log(`couldn't load hooks from file! ${read.message}`);
    return null;
  });
  const doubled = doubledId(loaded);
  if (doubled !== null)
    throw new SignalboxError(
      'invalid',
      `hook with the id ${doubled} has already been loaded: please check your hooks files for duplicate hooks ids`,
    );

  const readAgain = (gone: 'keep' | 'drop'): Loaded | null => {
    const next: (readonly Hook[] | null)[] = [];
    for (const [n, path] of paths.entries()) {
      const held = loaded[n] ?? null;
      log(`attempting to reload hooks from ${path}`);
      const read = readFile(needs, path);
      if (read.result === 'hooks' && !(read.isEmpty && held !== null && held.length > 0)) {
        next.push(noted(needs, path, read));
        continue;
      }
      if (read.result === 'absent' && gone === 'drop' && held !== null) {
        log(`hooks file ${path} removed, removing hooks that were loaded from it`);
        next.push([]);
        continue;
      }
      log(`couldn't load hooks from file! ${read.result === 'hooks' ? `${path} is empty` : read.message}`);
      if (held !== null) return null;
      next.push(null);
    }
    const double = doubledId(next) ?? next.map(doubledWithin).find(id => id !== null) ?? null;
    if (double === null) return next;
    log(`error: hook with the id ${double} has already been loaded!`);
    log('please check your hooks file for duplicate hooks ids!');
    return null;
  };

  let hooks = loaded.flatMap(each => each ?? []);
  return {
    hooks: () => hooks,
    reload: gone => {
      const next = readAgain(gone);
      if (next === null) {
        log('reverting hooks back to the previous configuration');
        return 'kept';
      }
      loaded = next;
      hooks = loaded.flatMap(each => each ?? []);
      return 'changed';
    },
  };
}

function noted(
  { check, log }: Pick<HookFilesNeeds, 'check' | 'log'>,
  path: string,
  { file }: Extract<FileRead, { result: 'hooks' }>,
): readonly Hook[] {
  log(`found ${file.hooks.length} hook(s) in file`);
  for (const { id } of file.hooks) log(`\tloaded: ${id}`);
  for (const { severity, place, message } of check(file))
    log(`${severity}: ${path}:${place.line}:${place.column}: ${message}`);
  return file.hooks;
}

type FileRead =
  | { readonly result: 'hooks'; readonly file: HooksFile; readonly isEmpty: boolean }
  | { readonly result: 'absent' | 'refused'; readonly message: string };

function readFile(
  { reading, directory }: Pick<HookFilesNeeds, 'reading' | 'directory'>,
  path: string,
): FileRead {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(resolve(directory, path));
  } catch (error) {
    const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return isAbsent
      ? { result: 'absent', message: `open ${path}: no such file or directory` }
      : {
          result: 'refused',
          message: `open ${path}: ${error instanceof Error ? error.message : String(error)}`,
        };
  }
  const read = readHooks(reading, bytes);
  if (read.result === 'read') return { result: 'hooks', file: read.file, isEmpty: bytes.byteLength === 0 };
  return { result: 'refused', message: `${path}:${read.place.line}:${read.place.column}: ${read.message}` };
}

/** An id that stands in two files. */
function doubledId(loaded: Loaded): string | null {
  const seen = new Set<string>();
  for (const hooks of loaded) {
    const ids = new Set((hooks ?? []).map(({ id }) => id));
    for (const id of ids) if (seen.has(id)) return id;
    for (const id of ids) seen.add(id);
  }
  return null;
}

function doubledWithin(hooks: readonly Hook[] | null): string | null {
  const ids = (hooks ?? []).map(({ id }) => id);
  return ids.find((id, n) => ids.indexOf(id) < n) ?? null;
}
