import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** A living process that has to do with a directory. */
export interface Leftover {
  readonly pid: number;
  /** With the pid it names a process for ever. */
  readonly startedAt: string;
  readonly command: string;
}

/**
 * Processes that work in the directory, or whose environment names it, as every job's does. Found without the code
 * under test.
 */
export function leftovers(directory: string): readonly Leftover[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      if (state === 'Z' || state === 'X') return [];
      const belongs =
        readlinkSync(`/proc/${name}/cwd`).startsWith(directory) ||
        readFileSync(`/proc/${name}/environ`, 'utf8').includes(directory);
      if (!belongs) return [];
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      return [{ pid: Number(name), startedAt: fields[18] ?? '', command }];
    } catch {
      return []; // gone meanwhile, or none of ours
    }
  });
}

/** Which of them still live. */
export function stillThere(before: readonly Leftover[], now: readonly Leftover[]): readonly Leftover[] {
  return before.filter(({ pid, startedAt }) =>
    now.some(other => other.pid === pid && other.startedAt === startedAt),
  );
}
