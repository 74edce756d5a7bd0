import { setImmediate } from 'node:timers/promises';
import type { SignalboxError } from '../../domain/errors.ts';
import { hints } from '../operations.ts';
import { isWrite, perform } from '../perform.ts';
import type { Transaction } from '../transaction.ts';
import type { Database } from './database.ts';
import { type Answer, type Call, sendable } from './protocol.ts';
import type { Session } from './session.ts';

/** More in one transaction gains nothing: the disk's bandwidth is the limit then. */
const mostPerCommit = 256;
/** Questions answered between two commits; none may hold up the writers for long. */
const mostReads = 32;

/**
 * Runs calls on a database. One transaction is under way at a time, and the writes that arrive meanwhile are the next
 * one: nobody waits for company, and many share one sync of the disk. Reads have their turn in between.
 */
export interface GroupCommit {
  add(call: Call<never>): void;
  /** Resolves when there is nothing left to do. */
  idle(): Promise<void>;
}

export function createGroupCommit(
  database: Pick<Database, 'writer' | 'reader'>,
  convert: (error: unknown) => SignalboxError,
  answer: (answers: readonly Answer<unknown>[]) => void,
): GroupCommit {
  const writing: Call<never>[] = [];
  const reading: Call<never>[] = [];
  let turning: Promise<void> | undefined;

  async function turn(): Promise<void> {
    while (writing.length + reading.length > 0) {
      // Lets the thread take in what has arrived.
      await setImmediate();
      const batch = writing.splice(0, mostPerCommit);
      const answers = await together(batch);
      if (answers !== undefined) answer(answers);
      // It is rolled back. One by one, each call fails only for its own reason.
      else for (const call of batch) answer([await alone(call, database.writer)]);
      for (const call of reading.splice(0, mostReads)) answer([await alone(call, database.reader)]);
    }
    turning = undefined;
  }

  /** Undefined when one of them, or the commit, has failed. */
  async function together(batch: readonly Call<never>[]): Promise<readonly Answer<unknown>[] | undefined> {
    if (batch.length === 0) return [];
    try {
      const run = batch.every(isHint) ? database.writer.unsyncedTransaction : database.writer.transaction;
      return await run(async tx => {
        const done: Answer<unknown>[] = [];
        for (const call of batch) done.push(await answered(tx, call));
        return done;
      });
    } catch {
      // Whose fault it is shows when each has a transaction of its own.
      return undefined;
    }
  }

  async function alone(call: Call<never>, session: Session): Promise<Answer<unknown>> {
    try {
      return await session.transaction(tx => answered(tx, call));
    } catch (error) {
      return { id: call.id, result: 'failed', error: sendable(convert(error)) };
    }
  }

  return {
    add(call) {
      (isWrite(call.name) ? writing : reading).push(call);
      turning ??= turn();
    },
    idle: () => turning ?? Promise.resolve(),
  };
}

async function answered(tx: Transaction, { id, name, input }: Call<never>): Promise<Answer<unknown>> {
  return { id, result: 'done', output: await perform(tx, name, input) };
}

const isHint = ({ name }: Call<never>): boolean => hints.has(name);
