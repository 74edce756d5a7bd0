import { setImmediate } from 'node:timers/promises';
import type { Transaction } from '../transaction.ts';
import type { Database } from './database.ts';
import { isServersFault } from './errors.ts';

/** A write that somebody waits for. */
export interface Write {
  /** Whether a crash of the server may take it back. */
  readonly isHint: boolean;
  /** Does it, and gives what tells who waits that it is stored. */
  perform(tx: Transaction): Promise<() => void>;
  reject(error: unknown): void;
}

/** More in one transaction would make the other control planes wait for too long for their turn. */
const mostPerCommit = 64;

/**
 * Runs writes on a database. One transaction is under way at a time, and the writes that arrive meanwhile are the next
 * one: nobody waits for company, and many share one turn and one sync.
 */
export interface GroupCommit {
  add(write: Write): void;
  /** Resolves when there is nothing left to do. */
  idle(): Promise<void>;
}

export function createGroupCommit(database: Pick<Database, 'write' | 'writeUnsynced'>): GroupCommit {
  const waiting: Write[] = [];
  let turning: Promise<void> | undefined;

  async function turn(): Promise<void> {
    while (waiting.length > 0) {
      // Lets those in who call in the same turn of the event loop.
      await setImmediate();
      const batch = waiting.splice(0, mostPerCommit);
      try {
        await together(batch);
      } catch (error) {
        if (batch.length === 1 || isServersFault(error)) for (const write of batch) write.reject(error);
        // It is rolled back. One by one, each fails only for its own reason.
        else for (const write of batch) await together([write]).catch(failed => write.reject(failed));
      }
    }
    turning = undefined;
  }

  async function together(batch: readonly Write[]): Promise<void> {
    const run = batch.every(({ isHint }) => isHint) ? database.writeUnsynced : database.write;
    const done = await run(async tx => {
      const tell: (() => void)[] = [];
      for (const write of batch) tell.push(await write.perform(tx));
      return tell;
    });
    for (const tell of done) tell();
  }

  return {
    add(write) {
      waiting.push(write);
      turning ??= turn();
    },
    idle: () => turning ?? Promise.resolve(),
  };
}
