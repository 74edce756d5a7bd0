/** How a shell runs a program apart from this machine's other processes and from files that are not for it. */
export interface Enclosure {
  /**
   * The words that start a program, given behind them, as process 1 of a process namespace, with mounts of its own and
   * the right to change them.
   */
  readonly enter: readonly string[];
  /** What process 1 does before each job, step by step, as shell commands; where one fails the job does not start. */
  readonly furnish: readonly string[];
  /** The words that give up every right and then become the program that is named behind them. */
  readonly become: readonly string[];
  /** Environment of process 1 and of what starts it: by these they are recognised when nobody remembers them. */
  readonly marks: Readonly<Record<string, string>>;
}
