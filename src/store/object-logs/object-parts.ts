import type { Selectable } from 'kysely';
import { entryBytes, readEntry } from '../logs/entry.ts';
import type { LogParts, Part } from '../logs/parts.ts';
import type { Output } from '../operations.ts';
import type { LogObjectTable } from '../schema.ts';
import type { Bucket } from './bucket.ts';

interface Piece {
  /** Where in the whole log its bytes begin, and how many there are. */
  readonly start: number;
  readonly size: number;
  readonly indexSize: number;
  readonly load: () => Promise<{ readonly bytes: Uint8Array; readonly index: Uint8Array }>;
}

/**
 * A log that is kept in parts, to read it from the first of these parts on: positions in its bytes are those of the whole
 * log, its index begins with the first part. Of the objects the latest one that was read is held.
 */
export function partsOfObjects(bucket: Bucket, { objects, tail }: Output<'logParts'>): LogParts {
  let latest: { readonly key: string; readonly body: Promise<Uint8Array> } | undefined;

  async function load({ key, size, index_size: indexSize }: Selectable<LogObjectTable>) {
    if (latest?.key !== key) latest = { key, body: bucket.get(key, size + indexSize) };
    const body = await latest.body;
    return { bytes: body.subarray(0, size), index: body.subarray(size) };
  }

  const pieces: readonly Piece[] = [
    ...objects.map(object => ({
      start: object.start,
      size: object.size,
      indexSize: object.index_size,
      load: () => load(object),
    })),
    ...tail.map(({ bytes, chunks }) => ({
      start: readEntry(Buffer.from(chunks.subarray(0, entryBytes)), 0)?.offset ?? 0,
      size: bytes.length,
      indexSize: chunks.length,
      load: async () => ({ bytes, index: chunks }),
    })),
  ];
  let indexStart = 0;
  const indexPieces = pieces.map(({ indexSize: size, load }) => {
    const start = indexStart;
    indexStart += size;
    return { start, size, load: async () => (await load()).index };
  });
  return {
    bytes: joined(
      pieces.map(({ start, size, load }) => ({ start, size, load: async () => (await load()).bytes })),
    ),
    index: joined(indexPieces),
  };
}

/** Several pieces as one part, each at its place. */
function joined(
  pieces: readonly {
    readonly start: number;
    readonly size: number;
    readonly load: () => Promise<Uint8Array>;
  }[],
): Part {
  const last = pieces.at(-1);
  return {
    sizeBytes: () => (last === undefined ? 0 : last.start + last.size),
    async read(position, length) {
      const until = position + length;
      const found: Uint8Array[] = [];
      for (const { start, size, load } of pieces) {
        if (start + size <= position || start >= until) continue;
        const bytes = await load();
        found.push(bytes.subarray(Math.max(0, position - start), Math.min(size, until - start)));
      }
      return Buffer.concat(found);
    },
  };
}
