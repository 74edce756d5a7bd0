import { join, resolve } from 'node:path';
import type { Store } from '../../contracts/store.ts';
import { createLogs } from '../logs/logs.ts';
import { createStore } from '../store.ts';
import { openSqliteEngine } from './client.ts';

/** Opens the store in a data directory that is this process's alone (`claimDataDirectory`). It also holds the logs. */
export async function openSqliteStore(options: { readonly directory: string }): Promise<Store> {
  const directory = resolve(options.directory);
  return createStore(await openSqliteEngine(directory), createLogs(join(directory, 'logs')));
}
