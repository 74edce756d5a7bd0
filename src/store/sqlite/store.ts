import { join, resolve } from 'node:path';
import type { Store } from '../../contracts/store.ts';
import { createLogs } from '../logs/logs.ts';
import { createStore } from '../store.ts';
import { openSqliteEngine } from './client.ts';
import { markOpen, unmarkOpen } from './open-mark.ts';
import { refuseWithoutChanges } from './without-changes.ts';

/** Opens the store in a data directory that is this process's alone (`claimDataDirectory`). It also holds the logs. */
export async function openSqliteStore(options: { readonly directory: string }): Promise<Store> {
  const directory = resolve(options.directory);
  refuseWithoutChanges(directory);
  // Should opening fail, SQLite may still merge the log of changes and remove it.
  unmarkOpen(directory);
  await using opened = new AsyncDisposableStack();
  const engine = await openSqliteEngine(directory);
  const logs = createLogs(join(directory, 'logs'), run => engine.call('shortLog', run));
  const store = opened.use(createStore(engine, logs));
  markOpen(directory);
  opened.defer(() => unmarkOpen(directory));
  const keep = opened.move();
  return { ...store, [Symbol.asyncDispose]: () => keep.disposeAsync() };
}
