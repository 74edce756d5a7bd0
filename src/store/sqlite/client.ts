import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { SignalboxError } from '../../domain/errors.ts';
import type { Engine } from '../engine.ts';
import { type Call, type FromWorker, received, type ToWorker } from './protocol.ts';

interface Pending {
  readonly resolve: (output: never) => void;
  readonly reject: (error: SignalboxError) => void;
}

/** Opens the database of a data directory in a thread of its own. */
export async function openSqliteEngine(directory: string): Promise<Engine> {
  // The worker's file has this one's ending: it is run as source, or compiled.
  const file = new URL(`./worker${extname(import.meta.url)}`, import.meta.url);
  const worker = new Worker(file, { workerData: directory });
  const pending = new Map<number, Pending>();
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  let lastId = 0;
  let gone: SignalboxError | undefined;
  let calls: Call<unknown>[] = [];
  let moved: ArrayBuffer[] = [];
  const tell = (word: ToWorker<unknown>, moved: readonly ArrayBuffer[] = []): void =>
    worker.postMessage(word, moved);

  /** What was called in one turn of the event loop goes together: to wake a thread costs more than to send it a call. */
  function send(): void {
    const together = { kind: 'calls', calls } as const;
    const bytes = moved;
    calls = [];
    moved = [];
    if (together.calls.length === 0 || gone !== undefined) return;
    try {
      tell(together, bytes);
    } catch (cause) {
      // One of them holds what cannot be sent to a thread; none was sent.
      for (const { id } of together.calls) {
        pending.get(id)?.reject(SignalboxError.from(cause));
        pending.delete(id);
      }
    }
  }

  function end(error: SignalboxError): void {
    gone ??= error;
    opened.reject(gone);
    for (const { reject } of pending.values()) reject(gone);
    pending.clear();
  }

  worker.on('message', (word: FromWorker<never>) => {
    switch (word.kind) {
      case 'open':
        return opened.resolve();
      case 'not open':
        return end(received(word.error));
      case 'answers':
        for (const answer of word.answers) {
          const call = pending.get(answer.id);
          pending.delete(answer.id);
          if (answer.result === 'done') call?.resolve(answer.output);
          else call?.reject(received(answer.error));
        }
    }
  });
  worker.on('error', cause => {
    end(new SignalboxError('unavailable', `the database's thread has failed: restart signalbox`, { cause }));
  });
  worker.on('exit', () => {
    end(closed());
    ended.resolve();
  });

  await opened.promise;
  return {
    call(name, input, given = []) {
      if (gone !== undefined) return Promise.reject(gone);
      return new Promise((resolve, reject) => {
        const id = ++lastId;
        pending.set(id, { resolve, reject });
        if (calls.length === 0) setImmediate(send);
        calls.push({ id, name, input });
        moved.push(...given.map(bytes => bytes.buffer));
      });
    },
    async [Symbol.asyncDispose]() {
      send();
      gone ??= closed();
      tell({ kind: 'close' });
      await ended.promise;
    },
  };
}

const closed = (): SignalboxError => new SignalboxError('unavailable', 'the store is closed');
