import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes this process's number into a file, and makes the folders above it. Throws a sentence for people when the file
 * names another process that lives. Disposing it removes the file, unless it is another's by then.
 */
export function holdPidFile(path: string): Disposable {
  const holder = read(path);
  if (holder !== null && holder !== process.pid && lives(holder))
    throw new Error(`pid file found, ensure webhook is not running or delete ${path}`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o755 });
  writeFileSync(path, String(process.pid), { mode: 0o600 });
  return {
    [Symbol.dispose]: () => {
      if (read(path) === process.pid) rmSync(path, { force: true });
    },
  };
}

function read(path: string): number | null {
  try {
    const pid = Number.parseInt(readFileSync(path, 'latin1'), 10);
    return pid > 0 ? pid : null;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // It lives, and is another user's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
