import { realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { SignalboxError } from '../../domain/errors.ts';

/** How the repositories of a Radicle node are named as clone URLs. */
const radicleUrl = /^rad:\/\/(z[0-9A-Za-z]{1,64})$/;

export const isRadicleUrl = (text: string): boolean => text.startsWith('rad:');

/**
 * Where a node keeps a repository. A URL names a repository of the node whose home is configured,
 * and can name nothing else on this machine: no path stands in it, and no link in storage leads out of it.
 */
export function storedAt(home: string | null, text: string): string {
  const [, id] = radicleUrl.exec(text) ?? [];
  if (id === undefined)
    throw new SignalboxError('invalid', 'the clone URL of a Radicle repository is rad:// and its id, z…');
  if (home === null)
    throw new SignalboxError('forbidden', `${text} is cloned from a Radicle node: add sources.radicle`);
  const storage = join(home, 'storage');
  try {
    const real = realpathSync(join(storage, id));
    if (real.startsWith(realpathSync(storage) + sep)) return real;
  } catch (error) {
    throw new SignalboxError('not_found', `${text} is not in the storage of the node, ${storage}`, {
      cause: error,
    });
  }
  throw new SignalboxError('forbidden', `${text} leads out of the storage of the node, ${storage}`);
}
