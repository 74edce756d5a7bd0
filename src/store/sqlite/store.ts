import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Store } from '../../contracts/store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { createLogs } from '../logs/logs.ts';
import { createStore } from '../store.ts';
import { openSqliteEngine } from './client.ts';
import { lockDirectory } from './lock.ts';

/**
 * Opens the store in a directory, which is made when there is none. One process at a time: another one is refused. The
 * directory also holds the logs.
 */
export async function openSqliteStore(options: { readonly directory: string }): Promise<Store> {
  const directory = resolve(options.directory);
  await makeDirectory(directory);
  await using opened = new AsyncDisposableStack();
  opened.use(lockDirectory(directory));
  const engine = await openSqliteEngine(directory);
  const store = opened.use(createStore(engine, createLogs(join(directory, 'logs'))));
  const keep = opened.move();
  return { ...store, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}

async function makeDirectory(directory: string): Promise<void> {
  try {
    // Bodies and logs are nobody else's business.
    await mkdir(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new SignalboxError(
      'unavailable',
      `the data directory ${directory} cannot be made: ${String(cause)}`,
      {
        cause,
      },
    );
  }
}
