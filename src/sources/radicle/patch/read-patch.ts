import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { z } from 'zod';
import type { Identity } from '../identity.ts';
import type { StoredRepository } from '../storage.ts';
import { readChanges } from './change.ts';
import { type CobPatch, readCobPatch } from './cob-patch.ts';
import { evaluate } from './evaluate.ts';

export interface PatchReaderOptions {
  /** Of the node. */
  readonly home: string;
  /** Where `rad` is looked for. */
  readonly path: string;
}

/** `rad` reads one patch, of this machine; a few would do. */
const radTimeoutMs = 10_000;
const mostBytes = 16 * 1024 * 1024;
const patchType = 'xyz.radicle.patch';

/**
 * Reads a patch as it is now: by `rad` where there is one, which knows best, else from the cache of the node, else from
 * the changes themselves. Who does not know the revision with that head is behind: the next one is asked. Null when none
 * of them has the patch.
 */
export async function readPatch(
  options: PatchReaderOptions,
  repository: StoredRepository,
  identity: Identity,
  patch: string,
  head: string,
): Promise<CobPatch | null> {
  const ways = [
    () => byRad(options, repository.rid, patch),
    () => fromCache(options.home, repository.rid, patch),
    () => fromChanges(repository, identity, patch),
  ];
  let behind: CobPatch | null = null;
  for (const way of ways) {
    const found = await way();
    if (found?.revisions.some(({ oid }) => oid === head)) return found;
    behind ??= found;
  }
  return behind;
}

function byRad({ home, path }: PatchReaderOptions, rid: string, patch: string): Promise<CobPatch | null> {
  const args = ['cob', 'show', '--repo', rid, '--type', patchType, '--object', patch];
  return new Promise(resolve => {
    execFile(
      'rad',
      args,
      {
        env: { PATH: path, RAD_HOME: home, HOME: home },
        timeout: radTimeoutMs,
        killSignal: 'SIGKILL',
        maxBuffer: mostBytes,
      },
      // No `rad`, an old one, or one that does not find it: the next way may.
      (error, stdout) => resolve(error === null ? readCobPatch(stdout) : null),
    ).on('error', () => resolve(null));
  });
}

const row = z.object({ patch: z.string() });

function fromCache(home: string, rid: string, patch: string): CobPatch | null {
  const file = join(home, 'cobs', 'cache.db');
  if (!existsSync(file)) return null;
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 1_000 });
    try {
      const query = database.prepare(
        'select patch from patches where id = ? and repo = ? and length(patch) <= ?',
      );
      return readCobPatch(row.parse(query.get(patch, rid, mostBytes)).patch);
    } finally {
      database.close();
    }
  } catch {
    return null; // it is not in there, or another version's tables are
  }
}

async function fromChanges(
  repository: StoredRepository,
  identity: Identity,
  patch: string,
): Promise<CobPatch | null> {
  const tips = await repository.refs(`refs/namespaces/*/refs/cobs/${patchType}/${patch}`);
  return evaluate(patch, await readChanges(repository, patch, [...tips.values()]), identity);
}
