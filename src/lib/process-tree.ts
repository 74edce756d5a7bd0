import { setTimeout as sleep } from 'node:timers/promises';
import { processGroups } from './process-groups.ts';
import { createProcessSearch } from './process-search.ts';
import type { JobMarks, Moment, Process } from './process-system.ts';

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
    const { init } = marks;
    if (init === undefined) return endAll(marks, graceMs);
    // By the clock: a job can make the search for its processes long.
    const late = setTimeout(() => system.signal(init, 'SIGKILL'), graceMs);
    try {
      return await endAll(marks, graceMs);
    } finally {
      clearTimeout(late);
    }
  }

  async function endAll(marks: JobMarks, graceMs: number): Promise<Ended> {
    const told = new Map<string, Process>();
    const killAt = performance.now() + graceMs;
    let pauseMs = 2;
    let killedAt: number | undefined;
    for (;;) {
      // Who started the others hears of it first: a shell that sees its command die before may give up without cleaning.
      const left = (await system.find(marks)).toSorted(byAge);
      const now = performance.now();
      // From when they were killed: the first search alone can take as long, and what was started during it is found later.
      if (left.length === 0 || (killedAt !== undefined && now > killedAt + killMs)) {
        for (const survivor of left) told.delete(key(survivor));
        return { ended: [...told.values()], survivors: left };
      }
      if (now >= killAt && marks.init !== undefined) system.signal(marks.init, 'SIGKILL');
      for (const member of left.filter(({ isExiting }) => !isExiting)) {
        if (now >= killAt) system.signal(member, 'SIGKILL');
        else if (!told.has(key(member))) {
          system.signal(member, 'SIGTERM');
          // A stopped process cannot follow the request before it goes on.
          system.signal(member, 'SIGCONT');
        }
        told.set(key(member), member);
      }
      if (now >= killAt) killedAt ??= now;
      await sleep(now < killAt ? Math.min(pauseMs, killAt - now) : pauseMs);
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
  return { moment: () => system.moment(), find: marks => system.find(marks), end };
}

const byAge = (a: Process, b: Process): number => a.startedAt - b.startedAt || a.pid - b.pid;
const key = ({ pid, startedAt }: Process): string => `${pid} ${startedAt}`;
