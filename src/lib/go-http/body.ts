import type { IncomingMessage } from 'node:http';
import type { Body } from './message.ts';

/** The body of one request, read when somebody asks for it. */
export interface BodyReader {
  read(mostBytes: number): Promise<Body>;
  /** Says that no more will come. */
  cut(): void;
  /** Throws the rest away, to be ready for the next request. False: there is too much of it, or it is broken. */
  skip(mostBytes: number): Promise<boolean>;
}

/** `ask` is called before the first byte is waited for. */
export function createBodyReader(request: IncomingMessage, ask: () => void): BodyReader {
  const broken = new AbortController();
  let asked = false;
  request.on('error', () => broken.abort());
  request.on('close', () => {
    if (!request.complete) broken.abort();
  });

  const readSome = (): Uint8Array | null => {
    const piece: unknown = request.read();
    return piece instanceof Uint8Array ? piece : null;
  };

  /** Hands over each piece; false from `take` stops it. True when the body came to its end. */
  const pull = (take: (piece: Uint8Array) => boolean): Promise<boolean> => {
    if (request.readableEnded) return Promise.resolve(true);
    if (!asked) ask();
    asked = true;
    return new Promise(resolve => {
      const settle = (whole: boolean) => {
        request.off('data', onData).off('end', onEnd);
        request.pause();
        broken.signal.removeEventListener('abort', onBreak);
        resolve(whole);
      };
      const onData = (piece: Uint8Array) => {
        if (!take(piece)) settle(false);
      };
      const onEnd = () => settle(true);
      const onBreak = () => settle(false);
      if (broken.signal.aborted) {
        // It broke before anybody asked: what had come is there all the same.
        for (let piece = readSome(); piece !== null && take(piece); piece = readSome());
        resolve(false);
        return;
      }
      broken.signal.addEventListener('abort', onBreak, { once: true });
      request.on('data', onData).on('end', onEnd).resume();
    });
  };

  return {
    read: async mostBytes => {
      if (announced(request) > mostBytes) return { result: 'too long' };
      const pieces: Uint8Array[] = [];
      let length = 0;
      const whole = await pull(piece => {
        length += piece.byteLength;
        if (length <= mostBytes) pieces.push(piece);
        return length <= mostBytes;
      });
      if (length > mostBytes) return { result: 'too long' };
      return { result: whole ? 'whole' : 'cut', bytes: Buffer.concat(pieces) };
    },
    cut: () => {
      // What is broken may be the request behind this one.
      if (!request.complete) broken.abort();
    },
    skip: async mostBytes => {
      if (announced(request) > mostBytes) return false;
      let length = 0;
      return pull(piece => {
        length += piece.byteLength;
        return length <= mostBytes;
      });
    },
  };
}

const announced = (request: IncomingMessage): number => Number(request.headers['content-length'] ?? 0);
