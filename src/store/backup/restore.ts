import { type FileHandle, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../../domain/errors.ts';
import { syncDirectory } from '../../lib/sync-directory.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { sqliteError } from '../sqlite/errors.ts';
import { openMark, unmarkOpen } from '../sqlite/open-mark.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { databaseName, logName, type Manifest, manifestName, manifestSchema } from './archive.ts';
import { type ArchivedFile, damaged, readArchive } from './archive-reader.ts';
import { fileError, isMissing } from './file-error.ts';

export interface RestoreOptions {
  /** The backup. */
  readonly file: string;
  /** Becomes the data directory; empty, or not there. */
  readonly directory: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Hears in words how far it is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** Where a backup is unpacked and looked through, within the data directory: that may be a disk of its own. */
const workshop = 'restoring';
/** What an empty data directory may hold: traces of a server that never worked there, or of a restore that was ended. */
const traces: readonly string[] = [workshop, openMark, 'lock.sqlite', 'lock.sqlite-journal', 'lock.pid'];
/** A few lines. */
const mostManifestBytes = 64 * 1024;

/**
 * Puts a backup into an empty data directory, whole or not at all: it is unpacked, compared with its hash, looked
 * through by the database and brought to this version, and only then gets its place. What ran when it was made is lost
 * from now on, and queued again where its rule says so.
 */
export async function restore(options: RestoreOptions): Promise<Manifest> {
  const file = resolve(options.file);
  const directory = resolve(options.directory);
  const work = join(directory, workshop);
  await using from = await openBackup(file);
  try {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await refuseUsed(directory);
    using _lock = await claimDataDirectory(directory);
    try {
      await rm(work, { recursive: true, force: true });
      await mkdir(join(work, 'logs'), { recursive: true, mode: 0o700 });
      const manifest = await unpack(from, file, work, options);
      options.signal.throwIfAborted();
      for (const name of [...(await readdir(join(work, 'logs'))), '.'])
        await syncDirectory(join(work, 'logs', name));
      options.progress('looking through the store');
      check(work, file);
      await endRuns(work, options.at);
      // A start that finds no database finds nothing: it comes last.
      await rm(join(directory, 'logs'), { recursive: true, force: true });
      await rename(join(work, 'logs'), join(directory, 'logs'));
      // Of another database: with the mark this one would be taken for one whose changes are gone.
      unmarkOpen(directory);
      await rename(join(work, databaseName), join(directory, databaseName));
      await syncDirectory(directory);
      await syncDirectory(dirname(directory));
      return manifest;
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  } catch (error) {
    throw fileError(error, directory);
  }
}

async function openBackup(file: string): Promise<FileHandle> {
  try {
    return await open(file, 'r');
  } catch (cause) {
    if (isMissing(cause)) throw new SignalboxError('not_found', `there is no backup ${file}`, { cause });
    throw new SignalboxError('unavailable', `${file} cannot be read: ${String(cause)}`, { cause });
  }
}

/** Throws `conflict` when anything in the directory could be somebody's. */
async function refuseUsed(directory: string): Promise<void> {
  const found = await readdir(directory);
  const isUnfinished = found.includes(workshop) && !found.includes(databaseName);
  const others = found.filter(name => !traces.includes(name) && !(isUnfinished && name === 'logs'));
  if (others.length === 0) return;
  // Says so, and by whom, when it is in use.
  if (found.includes('lock.sqlite')) (await claimDataDirectory(directory))[Symbol.dispose]();
  throw new SignalboxError(
    'conflict',
    `${directory} is not empty: a backup is restored into a new directory, so that nothing is written over`,
  );
}

/** Writes the files of a backup, as they are known to be in one, and compares them with its hash. */
async function unpack(
  from: FileHandle,
  file: string,
  to: string,
  options: RestoreOptions,
): Promise<Manifest> {
  let files = 0;
  for await (const archived of readArchive(from, file)) {
    options.signal.throwIfAborted();
    if (archived.name === manifestName) return readManifest(archived, file);
    if (archived.name !== databaseName && !logName.test(archived.name))
      throw damaged(file, `"${archived.name.slice(0, 100)}" does not belong into a backup`);
    await write(archived, join(to, archived.name));
    files += 1;
    if (files % 200 === 0) options.progress(`files: ${files}`);
  }
  throw damaged(file, `it has no ${manifestName}`);
}

async function write({ content }: ArchivedFile, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  await using into = await open(path, 'wx', 0o600);
  for await (const piece of content) await into.writeFile(piece);
  await into.sync();
}

async function readManifest({ content, size, hashBefore }: ArchivedFile, file: string): Promise<Manifest> {
  if (size > mostManifestBytes) throw damaged(file, `its ${manifestName} is too long`);
  const pieces: Buffer[] = [];
  for await (const piece of content) pieces.push(Buffer.from(piece));
  const manifest = parseManifest(Buffer.concat(pieces).toString('utf8'));
  if (manifest === undefined)
    throw damaged(file, `its ${manifestName} is not understood, or of a newer signalbox`);
  if (manifest.sha256 !== hashBefore) throw damaged(file, 'its bytes have changed since it was made');
  return manifest;
}

function parseManifest(text: string): Manifest | undefined {
  try {
    return manifestSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // not JSON, and so no manifest
  }
}

/** Throws `corrupt` when the database is not sound in itself. */
function check(directory: string, file: string): void {
  try {
    using database = new DatabaseSync(join(directory, databaseName));
    const { integrity_check: found } = database.prepare('PRAGMA integrity_check(1)').get() ?? {};
    if (found !== 'ok') throw damaged(file, `its store is damaged (${String(found)})`);
  } catch (error) {
    throw sqliteError(error, directory);
  }
}

/**
 * Brings the store to this version, and ends the attempts that ran when it was copied. Their processes, if there are
 * any still, belong to the server that was copied: the next start must not look for them.
 */
async function endRuns(directory: string, at: number): Promise<void> {
  await using store = await openSqliteStore({ directory });
  const reason = 'it ran when the backup was made that was restored';
  for (const { run, agent } of await store.running())
    await store.amend(run, { kind: 'agent-gone', agent, at, reason });
}
