import { Socket } from 'node:net';
import type { Printed } from './output.ts';

/** As much as a pipe holds. */
export const pipeBytes: number = 64 * 1024;

/**
 * Reads a pipe, whose descriptor is the reader's from here on, into `buffer` again and again: memory of its own for
 * each piece would cost more than everything else together, because only the garbage collector gives it back. So a piece
 * is valid until the next one is asked for, and until then nothing is read.
 */
export function readPipe(fd: number, buffer: Uint8Array): Printed {
  let arrived = 0;
  let over = false;
  let failure: Error | undefined;
  let wake: (() => void) | undefined;

  const socket = new Socket({
    fd,
    readable: true,
    writable: false,
    onread: {
      buffer,
      callback: length => {
        arrived = length;
        wake?.();
        return false;
      },
    },
  });
  socket.on('error', error => {
    failure = error;
  });
  socket.on('close', () => {
    over = true;
    wake?.();
  });

  async function* pieces(): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (arrived === 0 && !over)
        await new Promise<void>(resolve => {
          wake = resolve;
        });
      if (failure !== undefined) throw failure;
      if (arrived === 0) return;
      yield buffer.subarray(0, arrived);
      arrived = 0;
      socket.resume();
    }
  }

  return {
    [Symbol.asyncIterator]: pieces,
    destroy() {
      arrived = 0;
      socket.destroy();
    },
  };
}
