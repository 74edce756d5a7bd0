import { randomUUID } from 'node:crypto';
import type { RunId } from '../../domain/id.ts';
import type { Engine } from '../engine.ts';
import { entryBytes, readEntry } from '../logs/entry.ts';
import type { Bucket } from './bucket.ts';

/** A tail of so many bytes or parts becomes an object: as large as a page that is read at once. */
const objectBytes = 4 * 1024 * 1024;
const objectParts = 1_000;
/** Logs looked after in one round. */
const atOnce = 20;

/** Moves the tails of logs out of the database, those that are long and those of runs that are over. */
export async function moveTails({
  engine,
  bucket,
}: {
  readonly engine: Engine;
  readonly bucket: Bucket;
}): Promise<void> {
  const long = await engine.call('longTails', { bytes: objectBytes, parts: objectParts, limit: atOnce });
  for (const run of long) await moveTail(engine, bucket, run);
}

async function moveTail(engine: Engine, bucket: Bucket, run: RunId): Promise<void> {
  const { tail } = await engine.call('logParts', { run, from: 0 });
  let size = 0;
  const parts = tail.filter((part, place) => {
    size += part.size;
    return place === 0 || size <= objectBytes;
  });
  const [first, last] = [parts[0], parts.at(-1)];
  if (first === undefined || last === undefined) return;
  const bytes = Buffer.concat(parts.map(part => part.bytes));
  const index = Buffer.concat(parts.map(part => part.chunks));
  const start = readEntry(index.subarray(0, entryBytes), 0)?.offset ?? 0;
  const key = `${run.slice(-2)}/${run}/${first.entry}-${randomUUID()}`;
  await bucket.put(key, Buffer.concat([bytes, index]));
  const isMoved = await engine.call('moveLogTail', {
    run,
    entry: first.entry,
    to: last.entry,
    until_seq: last.until_seq,
    start,
    size: bytes.length,
    index_size: index.length,
    key,
  });
  // Another control plane was quicker.
  if (!isMoved) await bucket.delete(key);
}
