import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunId } from '../../domain/id.ts';
import { entryBytes, readEntry } from '../logs/entry.ts';
import { logPaths, openToRead } from '../logs/files.ts';
import { findEnd } from '../logs/parts.ts';
import { addLogPart } from '../operations/log-parts.ts';
import type { Transaction } from '../transaction.ts';

/** Read at once: 256 chunks, of 64 KB at most. */
const entriesAtOnce = 256;

/** Copies logs from their files into the database, as the parts that a store with a bucket keeps there; returns how many. */
export async function transferLogs(
  tx: Transaction,
  directory: string,
  { progress, signal }: { readonly progress: (text: string) => void; readonly signal: AbortSignal },
): Promise<number> {
  let copied = 0;
  for (const folder of await readdir(directory).catch(() => []))
    for (const name of await readdir(join(directory, folder))) {
      const run = parseRunId(name.replace(/\.idx$/, ''));
      if (!name.endsWith('.idx') || run === undefined) continue;
      signal.throwIfAborted();
      using files = await openToRead(logPaths(directory, run));
      if (files === undefined) continue;
      const { entries } = await findEnd(files);
      for (let entry = 0; entry < entries; entry += entriesAtOnce) {
        const many = Math.min(entriesAtOnce, entries - entry);
        const chunks = await files.index.read(entry * entryBytes, many * entryBytes);
        const [begin, end] = [readEntry(chunks, 0), readEntry(chunks, (many - 1) * entryBytes)];
        if (begin === undefined || end === undefined) break;
        await addLogPart(tx, {
          run,
          entry,
          until_seq: end.firstSeq + end.lines,
          bytes: await files.bytes.read(begin.offset, end.offset + end.length - begin.offset),
          chunks,
          entries: entry + many,
          last: chunks.subarray(-entryBytes),
        });
      }
      copied += 1;
      progress(`logs: ${copied}`);
    }
  return copied;
}
