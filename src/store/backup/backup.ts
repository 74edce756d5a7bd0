import { type FileHandle, glob, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { SignalboxError } from '../../domain/errors.ts';
import { faultPoint } from '../../lib/fault-points.ts';
import { syncDirectory } from '../../lib/sync-directory.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { copyDatabase } from '../sqlite/copy.ts';
import { databaseName, logName, type Manifest, manifestName } from './archive.ts';
import { type ArchiveWriter, createArchive } from './archive-writer.ts';
import { fileError, isMissing } from './file-error.ts';

export interface BackupOptions {
  /** The data directory; its server may run. */
  readonly directory: string;
  /** What is made. It must not be there yet. */
  readonly file: string;
  /** Of this signalbox. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Hears in words how far it is. */
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

export interface Backup extends Manifest {
  readonly file: string;
  readonly bytes: number;
}

/**
 * Copies the store and the logs of a data directory into one file. The copy is what the store was at one moment; while
 * it is made nobody waits for it. It gets its name when it is whole and on disk, and never before.
 */
export async function backUp(options: BackupOptions): Promise<Backup> {
  const file = resolve(options.file);
  const directory = resolve(options.directory);
  try {
    if (await isThere(join(directory, 'plane')))
      throw new SignalboxError(
        'invalid',
        `what the signalbox of ${directory} stores is in PostgreSQL: back it up there, with pg_dump, and its bucket, if it has one, as that is backed up`,
      );
    if (!(await isThere(join(directory, databaseName))))
      throw new SignalboxError(
        'not_found',
        `there is no signalbox in ${directory}: say with --data where its data are`,
      );
    if (!(await isThere(dirname(file))))
      throw new SignalboxError('not_found', `there is no directory ${dirname(file)}: make it first`);
    // Beside it, so that it can be renamed.
    await using part = await openWorkshop(`${file}.part`);
    if (await isThere(file))
      throw new SignalboxError('conflict', `${file} is there already: choose another name`);
    const made = await fill({ ...options, directory }, part.directory);
    await rename(join(part.directory, 'archive'), file);
    await syncDirectory(dirname(file));
    return { ...made, file };
  } catch (error) {
    throw fileError(error, file);
  }
}

/** A directory for this backup alone, empty, that goes with it; one that was killed leaves its own to the next. */
async function openWorkshop(directory: string): Promise<AsyncDisposable & { readonly directory: string }> {
  const lock = await claimDataDirectory(directory);
  const left = ['', '-journal', '-wal', '-shm'].map(ending => `${databaseName}${ending}`);
  for (const name of ['archive', ...left]) await rm(join(directory, name), { force: true });
  return {
    directory,
    async [Symbol.asyncDispose]() {
      using _lock = lock;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Makes the archive in an empty directory. */
async function fill(options: BackupOptions, part: string): Promise<Manifest & { readonly bytes: number }> {
  const { directory, version, at, progress, signal } = options;
  const database = join(part, databaseName);
  // SQLite would make it readable for others.
  await (await open(database, 'wx', 0o600)).close();
  await copyDatabase(directory, database, (done, total) => {
    signal.throwIfAborted();
    progress(`the store: ${Math.floor((100 * done) / total)} %`);
    faultPoint('mid-backup');
  });
  signal.throwIfAborted();
  await using archive = await createArchive(join(part, 'archive'), at);
  await addFile(archive, databaseName, database);
  using copy = new DatabaseSync(database, { readOnly: true });
  const logs = await addLogs(archive, directory, copy, options);
  const manifest: Manifest = {
    format: 1,
    version,
    madeAt: new Date(at).toISOString(),
    events: count(copy, 'event'),
    runs: count(copy, 'run'),
    logs,
    sha256: archive.hash(),
  };
  await archive.add(manifestName, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  await archive.finish();
  faultPoint('mid-backup');
  return { ...manifest, bytes: archive.bytes };
}

/**
 * Adds the logs of the runs that the copied store knows, and says how many those are. A log only grows: what it has got
 * since is harmless. Its index goes first, so that no entry is without its bytes.
 */
async function addLogs(
  archive: ArchiveWriter,
  directory: string,
  copy: DatabaseSync,
  { progress, signal }: BackupOptions,
): Promise<number> {
  const known = copy.prepare('select 1 from run where id = ?');
  let logs = 0;
  for await (const index of glob('logs/*/*.idx', { cwd: directory })) {
    signal.throwIfAborted();
    const run = logName.exec(index)?.[1];
    if (run === undefined || known.get(run) === undefined) continue;
    const bytes = index.replace(/idx$/, 'log');
    // Retention may forget it at any moment.
    const isThere = await addFile(archive, index, join(directory, index));
    if (isThere) await addFile(archive, bytes, join(directory, bytes));
    if (isThere) logs += 1;
    if (logs % 100 === 0) progress(`logs: ${logs}`);
    faultPoint('mid-backup');
  }
  return logs;
}

/** Adds a file as long as it is now; false when there is none. */
async function addFile(archive: ArchiveWriter, name: string, file: string): Promise<boolean> {
  let opened: FileHandle;
  try {
    opened = await open(file, 'r');
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
  await using from = opened;
  await archive.addFile(name, from, (await from.stat()).size);
  return true;
}

const count = (copy: DatabaseSync, table: 'event' | 'run'): number =>
  Number(copy.prepare(`select count(*) as n from ${table}`).get()?.['n'] ?? 0);

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
