import { join, resolve } from 'node:path';
import type { Store } from '../../contracts/store.ts';
import { createLogs } from '../logs/logs.ts';
import { createStore } from '../store.ts';
import { openPostgresEngine } from './client.ts';

/** Opens the store in a database that other control planes may use too. Logs are in a data directory that is this process's alone. */
export async function openPostgresStore(options: {
  readonly url: string;
  readonly directory: string;
}): Promise<Store> {
  const engine = await openPostgresEngine(options.url);
  const logs = createLogs(join(resolve(options.directory), 'logs'), run => engine.call('shortLog', run));
  return createStore(engine, logs);
}
