import { rename, rm, writeFile } from 'node:fs/promises';
import { SignalboxError } from '../domain/errors.ts';

/** Writes where something is to be found, for other programs of this machine; nobody reads half of it. */
export async function announce(file: string, whereabouts: Readonly<Record<string, unknown>>): Promise<void> {
  const draft = `${file}.new`;
  try {
    await writeFile(draft, `${JSON.stringify(whereabouts)}\n`);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw new SignalboxError('unavailable', `${file} cannot be written: ${reason(cause)}`, { cause });
  }
}

function reason(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR') return 'its directory does not exist';
  if (code === 'EISDIR') return 'it is a directory';
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return 'this user may not write there';
  return error instanceof Error ? error.message : String(error);
}
