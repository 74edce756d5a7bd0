import { createHash } from 'node:crypto';
import { type FSWatcher, readFileSync, realpathSync, statSync, watch } from 'node:fs';
import { dirname } from 'node:path';

export interface WatchOptions {
  /** After a sign of change it has to be quiet for so long: who saves in several steps is let finish. */
  readonly quietMs: number;
  /** Looked at so often without any sign: some file systems give none. */
  readonly lookMs: number;
  /** Called after the content of a file has changed, or a file has come or gone. */
  readonly changed: () => void;
  readonly failed: (error: unknown) => void;
}

/**
 * Watches files by what is in them, however that came about: written in place, replaced by renaming, behind a symbolic
 * link whose target was swapped (also that of a folder above), deleted and made again. What does not change the content
 * is no change.
 */
export function watchFiles(files: readonly string[], options: WatchOptions): Disposable {
  const watchers = new Map<string, FSWatcher>();
  let seen = fingerprint(files);
  let settling: NodeJS.Timeout | undefined;

  const stir = () => {
    clearTimeout(settling);
    settling = setTimeout(look, options.quietMs);
  };
  const look = () => {
    attempt(follow);
    const now = fingerprint(files);
    if (now === seen) return;
    seen = now;
    attempt(options.changed);
  };
  let lastFailure = '';
  /** What fails at every look is told once; what can be seen without a watcher is still seen. */
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      const text = String(error);
      if (text !== lastFailure) options.failed(error);
      lastFailure = text;
    }
  };
  /** A link may lead elsewhere now; a folder may be another one of the same name. */
  const follow = () => {
    const wanted = new Map(files.flatMap(foldersOf).map(folder => [identityOf(folder), folder]));
    for (const [identity, watcher] of watchers)
      if (!wanted.has(identity)) {
        watcher.close();
        watchers.delete(identity);
      }
    for (const [identity, folder] of wanted) if (!watchers.has(identity)) start(identity, folder);
  };
  const start = (identity: string, folder: string) => {
    const watcher = watch(folder, { persistent: false }, stir);
    // A folder that went away; what becomes of it, `look` finds out.
    watcher.on('error', () => {
      watcher.close();
      if (watchers.get(identity) === watcher) watchers.delete(identity);
    });
    watchers.set(identity, watcher);
  };

  attempt(follow);
  const looking = setInterval(look, options.lookMs).unref();
  return {
    [Symbol.dispose]: () => {
      clearInterval(looking);
      clearTimeout(settling);
      for (const watcher of watchers.values()) watcher.close();
    },
  };
}

/** The folders whose changes may change the file: the one it is named in, and the one it really is in. */
function foldersOf(file: string): readonly string[] {
  const folders: string[] = [];
  for (const find of [() => realpathSync(dirname(file)), () => dirname(realpathSync(file))])
    try {
      folders.push(find());
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
  return folders;
}

/** A folder of the same name may be another one. */
function identityOf(folder: string): string {
  const { dev, ino } = statSync(folder);
  return `${dev} ${ino} ${folder}`;
}

function fingerprint(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) {
    try {
      const bytes = readFileSync(file);
      hash.update(`file ${bytes.byteLength} `).update(bytes);
    } catch (error) {
      hash.update(`none ${error instanceof Error && 'code' in error ? String(error.code) : ''} `);
    }
  }
  return hash.digest('hex');
}

const isAbsent = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
