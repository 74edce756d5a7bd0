import { setTimeout as sleep } from 'node:timers/promises';
import { processGroups } from './process-groups.ts';
import { createProcessSearch } from './process-search.ts';

/** Names one process for ever: a pid alone may be given to another one later. */
export interface Process {
  readonly pid: number;
  /** Clock ticks since the machine started. */
  readonly startedAt: number;
  readonly name: string;
  /** It is about to be gone, and runs no code any more. */
  readonly isExiting: boolean;
}

/**
 * How the processes of a job are recognised: one mark is enough. The children of those belong to it as well, whatever
 * they did to their own marks.
 */
export interface JobMarks {
  /** The session it was started in, which is also its first process group. */
  readonly session: number | undefined;
  /** The process that started it: its other children belong to the job, it does not. */
  readonly launcher: number | undefined;
  /** `NAME=value` entries of its environment that no other job has together; none means no such mark. */
  readonly entries: readonly string[];
  /** Absolute paths of what it alone writes to: whoever holds one open. Costs more to look for than the others. */
  readonly files: readonly string[];
  /** From before it started; makes the search for a short job's leftovers cheap. */
  readonly since: Moment | undefined;
}

/** A point in the machine's history of processes. */
export interface Moment {
  readonly lastPid: number | undefined;
  readonly atMs: number;
}

export interface Ended {
  /** What had to be told to. */
  readonly ended: readonly Process[];
  /** What did not even die of SIGKILL: stuck in the kernel, or another user's. */
  readonly survivors: readonly Process[];
}

export interface ProcessTree {
  moment(): Moment;
  /** The job's living processes. Searches that wait at the same time share one look at the machine. */
  find(marks: JobMarks): Promise<readonly Process[]>;
  /** SIGTERM, after `graceMs` SIGKILL, until none is left; gives up on the unkillable 4 s later. */
  end(marks: JobMarks, graceMs: number): Promise<Ended>;
}

/** What a system can tell of its processes, and do to them. */
export interface ProcessSystem {
  moment(): Moment;
  find(marks: JobMarks): Promise<readonly Process[]>;
  /** Leaves a process alone whose pid is somebody else's by now, which is gone, or not ours to signal. */
  signal(process: Process, signal: NodeJS.Signals): void;
}

/** What killing takes in the worst case: a machine that swaps. Whoever promises `grace + 5 s` has a second left. */
const killMs = 4_000;
const longestPauseMs = 100;

/**
 * Sees the whole machine on Linux. Elsewhere it knows the process group only, so what left it with setsid is not
 * found, and neither are jobs known by their environment alone.
 */
export function createProcessTree(): ProcessTree {
  const system = process.platform === 'linux' ? createProcessSearch() : processGroups;

  async function end(marks: JobMarks, graceMs: number): Promise<Ended> {
    const told = new Map<string, Process>();
    const killAt = performance.now() + graceMs;
    let pauseMs = 2;
    for (;;) {
      const left = await system.find(marks);
      const now = performance.now();
      if (left.length === 0 || now > killAt + killMs) {
        for (const survivor of left) told.delete(key(survivor));
        return { ended: [...told.values()], survivors: left };
      }
      for (const member of left.filter(({ isExiting }) => !isExiting)) {
        if (now >= killAt) system.signal(member, 'SIGKILL');
        else if (!told.has(key(member))) {
          system.signal(member, 'SIGTERM');
          // A stopped process cannot follow the request before it goes on.
          system.signal(member, 'SIGCONT');
        }
        told.set(key(member), member);
      }
      await sleep(now < killAt ? Math.min(pauseMs, killAt - now) : pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
  return { moment: () => system.moment(), find: marks => system.find(marks), end };
}

const key = ({ pid, startedAt }: Process): string => `${pid} ${startedAt}`;
