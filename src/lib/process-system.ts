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
  /** The processes that started it: their other children belong to the job, they do not. */
  readonly launchers: readonly number[];
  /** The one of them that is process 1 of the job's own namespace, if it has one: nothing of the job outlives it. */
  readonly init: Process | undefined;
  /** `NAME=value` entries of its environment that no other job has together; none means no such mark. */
  readonly entries: readonly string[];
  /** Absolute paths of what it alone writes to: whoever holds one open. Costs more to look for than the others. */
  readonly files: readonly string[];
  /** A directory that is the job's alone, by its real path: whoever works in it. */
  readonly directory: string | undefined;
  /** From before it started; makes the search for a short job's leftovers cheap. */
  readonly since: Moment | undefined;
}

/** Nothing is recognised by these. */
export const noMarks: JobMarks = {
  session: undefined,
  launchers: [],
  init: undefined,
  entries: [],
  files: [],
  directory: undefined,
  since: undefined,
};

/** A point in the machine's history of processes. */
export interface Moment {
  readonly lastPid: number | undefined;
  readonly atMs: number;
}

/** What a system can tell of its processes, and do to them. */
export interface ProcessSystem {
  moment(): Moment;
  find(marks: JobMarks): Promise<readonly Process[]>;
  /** Leaves a process alone whose pid is somebody else's by now, which is gone, or not ours to signal. */
  signal(process: Process, signal: NodeJS.Signals): void;
}
