import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncDirectory } from './sync-directory.ts';

/**
 * The content of a file that its owner alone can read. Where there is none it is made, and on the disk when this
 * resolves. Undefined: somebody removed it meanwhile.
 */
export async function ensurePrivateFile(file: string, make: () => string): Promise<string | undefined> {
  const found = await read(file);
  if (found !== undefined) return found;
  const directory = dirname(file);
  await mkdir(directory, { recursive: true });
  // Written beside and linked into place: a reader never sees half of it, and of two that make it one wins for both.
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, make(), { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, file).catch(unless('EEXIST'));
  } finally {
    await rm(draft, { force: true });
  }
  await syncDirectory(directory);
  return read(file);
}

const read = (file: string): Promise<string | undefined> => readFile(file, 'utf8').catch(unless('ENOENT'));

/** Passes over one expected failure. */
function unless(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  };
}
