import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * A body as long as most are is always read: a ping, a copy or what no rule wants is taken also when there is little
 * room. All connections together bring no more of such than 128 MB.
 */
export const shortBodyBytes: number = 64 * 1024;

/** How much of long bodies is in memory, from everybody: their senders are known only when they have come whole. */
export interface BodyRoom {
  isFull(): boolean;
  /** Counts the body of a request until its answer is given, or until it is let go. */
  watch(request: IncomingMessage, answer: ServerResponse): { readonly letGo: () => void };
}

/**
 * Watches over the bodies that a server reads. When what has come and is not answered yet takes more than `mostBytes`,
 * the connection of whoever goes on sending a long one is closed.
 */
export function createBodyRoom(mostBytes: number): BodyRoom {
  let held = 0;
  return {
    isFull: () => held > mostBytes,
    watch(request, answer) {
      let mine = 0;
      const count = (piece: Uint8Array): void => {
        mine += piece.byteLength;
        held += piece.byteLength;
        if (mine > shortBodyBytes && held > mostBytes) request.destroy();
      };
      request.on('data', count);
      const letGo = (): void => {
        // What comes afterwards is thrown away.
        request.off('data', count);
        held -= mine;
        mine = 0;
      };
      answer.once('close', letGo);
      return { letGo };
    },
  };
}
