import type { Process, ProcessSystem } from './process-system.ts';

/**
 * What every POSIX system has: a job's process group, told of as if it were one process. (kill(2) takes a negative
 * pid as a group.) What left the group is not seen.
 */
export const processGroups: ProcessSystem = {
  moment: () => ({ lastPid: undefined, atMs: performance.now() }),
  async find({ session }) {
    if (session === undefined || !signal(-session, 0)) return [];
    return [{ pid: -session, startedAt: 0, name: `process group ${session}`, isExiting: false }];
  },
  signal: (group: Process, name) => void signal(group.pid, name),
};

/** Whether there was anyone to signal. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}
