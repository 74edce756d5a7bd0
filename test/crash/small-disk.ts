import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The disk that a data directory is on, which can be full. */
export interface SmallDisk extends Disposable {
  readonly kind: 'tmpfs' | 'file size limit';
  /** No more fits onto it, for the server of this process number. */
  fill(pid: number): void;
  free(pid: number): void;
}

/** Work trees are refused with less than 256 MB free: so much must fit. It takes memory only while it is full. */
const sizeMb = 320;

/**
 * Puts a directory onto a small disk in memory where this user may; elsewhere the server is forbidden to make its files
 * longer, which to a program is much the same.
 */
export function smallDisk(directory: string): SmallDisk {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return run('mount', '-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=700`, 'tmpfs', directory)
    ? inMemory(directory)
    : byLimit;
}

function inMemory(directory: string): SmallDisk {
  const filler = join(directory, 'filler');
  return {
    kind: 'tmpfs',
    fill() {
      const megabyte = Buffer.alloc(1024 * 1024);
      try {
        for (;;) writeFileSync(filler, megabyte, { flag: 'a' });
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      }
    },
    free: () => rmSync(filler),
    [Symbol.dispose]() {
      if (!run('umount', directory)) throw new Error(`cannot unmount ${directory}`);
    },
  };
}

const byLimit: SmallDisk = {
  kind: 'file size limit',
  fill: pid => limit(pid, '4096'),
  free: pid => limit(pid, 'unlimited'),
  [Symbol.dispose]: () => undefined,
};

/** The soft limit alone: raising it again takes no rights. */
function limit(pid: number, bytes: string): void {
  if (!run('prlimit', '--pid', `${pid}`, `--fsize=${bytes}:`))
    throw new Error('cannot set a limit with prlimit');
}

const run = (command: string, ...args: readonly string[]): boolean => spawnSync(command, args).status === 0;
