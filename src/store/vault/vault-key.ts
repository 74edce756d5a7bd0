import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';
import { ensurePrivateFile } from '../../lib/private-file.ts';
import { keyBytes } from '../../lib/seal.ts';

/**
 * The key that secrets in the store are sealed with: the one that is given, in base 64, else the content of
 * `secrets.key` in the data directory, which is made when there is none.
 */
export async function vaultKey(directory: string, given: string | null): Promise<Uint8Array> {
  if (given !== null) return Buffer.from(given, 'base64');
  const file = join(directory, 'secrets.key');
  const text = await ensurePrivateFile(file, () => `${randomBytes(keyBytes).toString('base64')}\n`);
  const key = Buffer.from(text ?? '', 'base64');
  if (key.length !== keyBytes)
    throw new SignalboxError(
      'corrupt',
      `${file} holds no key: put back the one that it had, or delete it, and with it all that was sealed with it`,
    );
  return key;
}
