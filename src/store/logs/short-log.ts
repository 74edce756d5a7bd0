import type { LogChunk } from '../../domain/log.ts';
import { addChunks } from './add-chunks.ts';
import { type LogParts, noEnd, type Part } from './parts.ts';

/** A whole log that is short: it needs no files, and is stored with the end of its run. */
export interface ShortLog {
  readonly bytes: Uint8Array;
  readonly index: Uint8Array;
}

/** The chunks of a log from its first on. */
export function shortLogOf(chunks: readonly LogChunk[]): ShortLog {
  const { bytes, index } = addChunks(noEnd, chunks) ?? { bytes: new Uint8Array(), index: new Uint8Array() };
  return { bytes, index };
}

/** To read it. There is nothing to close. */
export function partsOf({ bytes, index }: ShortLog): LogParts & Disposable {
  return { bytes: partOf(bytes), index: partOf(index), [Symbol.dispose]: () => undefined };
}

function partOf(bytes: Uint8Array): Part {
  const all = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return {
    sizeBytes: () => all.length,
    read: async (position, length) => all.subarray(position, position + length),
  };
}
