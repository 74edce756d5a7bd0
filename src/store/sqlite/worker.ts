import { parentPort, workerData } from 'node:worker_threads';
import { SignalboxError } from '../../domain/errors.ts';
import { openDatabase } from './database.ts';
import { sqliteError } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';
import { type FromWorker, sendable, type ToWorker } from './protocol.ts';

/** The thread that owns the database of a data directory: SQLite waits for the disk here, and nobody else does. */
async function serve(port: NonNullable<typeof parentPort>, directory: string): Promise<void> {
  const say = (word: FromWorker<unknown>): void => port.postMessage(word);
  try {
    const database = await openDatabase(directory);
    const calls = createGroupCommit(
      database,
      error => sqliteError(error, directory),
      answers => say({ kind: 'answers', answers }),
    );
    const close = async (): Promise<void> => {
      await calls.idle();
      database[Symbol.dispose]();
      port.close();
    };
    port.on('message', (word: ToWorker<never>) => {
      switch (word.kind) {
        case 'calls':
          for (const call of word.calls) calls.add(call);
          return;
        case 'close':
          void close();
      }
    });
    say({ kind: 'open' });
  } catch (error) {
    say({ kind: 'not open', error: sendable(SignalboxError.from(error)) });
  }
}

if (parentPort !== null) await serve(parentPort, workerData);
