import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { newToken } from './secret.ts';

/**
 * The token that is always valid: the content of `admin-token` in the data directory. It is made at the first start,
 * readable by its owner only; whoever deletes the file and restarts has a new one.
 */
export async function ensureAdminToken(directory: string): Promise<string> {
  const file = join(directory, 'admin-token');
  const found = await read(file);
  if (found !== undefined) return found;
  await mkdir(directory, { recursive: true });
  // Written beside and linked into place: a reader never sees half of it, and of two first starts one wins for both.
  const draft = join(directory, `.admin-token.${randomUUID()}`);
  try {
    await writeFile(draft, `${newToken()}\n`, { mode: 0o600, flag: 'wx', flush: true });
    await link(draft, file).catch(unless('EEXIST'));
  } finally {
    await rm(draft, { force: true });
  }
  const made = await read(file);
  if (made === undefined)
    throw new SignalboxError('unavailable', `${file} was removed while the server started: start again`);
  return made;
}

async function read(file: string): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(unless('ENOENT'));
  if (text === undefined) return undefined;
  const token = text.trim();
  if (!/^\S{20,}$/.test(token))
    throw new SignalboxError(
      'corrupt',
      `${file} holds no token: delete the file to have a new one made at the next start`,
    );
  return token;
}

/** Passes over one expected failure. */
function unless(code: string): (error: unknown) => undefined {
  return error => {
    if (error instanceof Error && 'code' in error && error.code === code) return undefined;
    throw error;
  };
}
