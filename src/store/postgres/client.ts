import { SignalboxError } from '../../domain/errors.ts';
import type { Engine } from '../engine.ts';
import type { Input, OperationName, Output } from '../operations.ts';
import { hints } from '../operations.ts';
import { isWrite, perform } from '../perform.ts';
import { openDatabase } from './database.ts';
import { postgresError } from './errors.ts';
import { createGroupCommit } from './group-commit.ts';

/** Opens a database that others may use at the same time. */
export async function openPostgresEngine(url: string): Promise<Engine> {
  const database = await openDatabase(url);
  const writes = createGroupCommit(database);
  const reading = new Set<Promise<unknown>>();
  let closed = false;

  function write<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    return new Promise((resolve, reject) => {
      writes.add({
        isHint: hints.has(name),
        perform: async tx => {
          const output = await perform(tx, name, input);
          return () => resolve(output);
        },
        reject,
      });
    });
  }

  function read<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Output<Name>> {
    const answer = database.read(tx => perform(tx, name, input));
    const ended = answer.catch(() => undefined).finally(() => reading.delete(ended));
    reading.add(ended);
    return answer;
  }

  return {
    call(name, input) {
      if (closed) return Promise.reject(new SignalboxError('unavailable', 'the store is closed'));
      const answer = isWrite(name) ? write(name, input) : read(name, input);
      return answer.catch((error: unknown) => {
        throw postgresError(error, database.server);
      });
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await writes.idle();
      await Promise.all(reading);
      await database[Symbol.asyncDispose]();
    },
  };
}
