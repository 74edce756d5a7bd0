import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { ensurePrivateFile } from '../../lib/private-file.ts';
import { newToken } from './secret.ts';

/**
 * The token that is always valid: the content of `admin-token` in the data directory. It is made at the first start,
 * readable by its owner only; whoever deletes the file and restarts has a new one.
 */
export async function ensureAdminToken(directory: string): Promise<string> {
  const file = join(directory, 'admin-token');
  const text = await ensurePrivateFile(file, () => `${newToken()}\n`);
  if (text === undefined)
    throw new SignalboxError('unavailable', `${file} was removed while the server started: start again`);
  const token = text.trim();
  if (!/^\S{20,}$/.test(token))
    throw new SignalboxError(
      'corrupt',
      `${file} holds no token: delete the file to have a new one made at the next start`,
    );
  return token;
}
