import type { Process } from '../process-system.ts';
import type { Enclosure } from './enclosure.ts';

/** What to start. Nothing is added to it: the process sees exactly this environment. */
export interface Command {
  /** The program (looked up in the `PATH` of `env` unless it holds a slash) and its arguments. */
  readonly argv: readonly [string, ...string[]];
  /** What is executed, absolute, where the first of `argv` is only the name that it sees; undefined: that one is looked up. */
  readonly file: string | undefined;
  /** Absolute. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** The file that stands on its standard input, absolute; undefined: nothing does. */
  readonly stdin: string | undefined;
  /** Whether stderr goes the way of stdout, so that both keep their order. Then all is stdout. */
  readonly merged: boolean;
  /** Undefined: it sees what this process sees. */
  readonly enclosure: Enclosure | undefined;
}

/** What is started, what it reads and where it writes; how the world looks to it is said elsewhere. */
export type Program = Pick<Command, 'argv' | 'file' | 'stdin' | 'merged'>;

/** A program that is looked up, reads nothing, and has two streams of output. */
export const plainProgram = (argv: Command['argv']): Program => ({
  argv,
  file: undefined,
  stdin: undefined,
  merged: false,
});

/**
 * Takes output, in order per stream; while its promise is pending, that stream is not read and the program blocks.
 * Afterwards the bytes are no longer the taker's: what it keeps it copies.
 */
export type TakeOutput = (stream: 'stdout' | 'stderr', bytes: Uint8Array) => Promise<void>;

export type Exit =
  /** A code above 128 may also be a shell's way to say that its own child was killed. */
  | { readonly how: 'exited'; readonly code: number }
  | { readonly how: 'killed'; readonly signal: string; readonly number: number }
  /** The process that waited for it was killed, so nobody knows. */
  | { readonly how: 'unknown'; readonly reason: string };

/** A started program. Dispose it when its processes are gone: only then may the next job take its place. */
export interface Job extends Disposable {
  readonly pid: number;
  /** The session (and process group) that it was started in; no other living job shares it. */
  readonly session: number;
  /** The processes that started it, where those are members of the session as well. */
  readonly launchers: readonly number[];
  /** Process 1 of its enclosure: with it, all of the job ends. */
  readonly init: Process | undefined;
  /** Named pipes that it alone writes to, where there are any. */
  readonly files: readonly string[];
  readonly exited: Promise<Exit>;
  /**
   * Resolves when no process holds its output open any more and all of it was taken; also when the job is disposed.
   * Rejects when taking it failed.
   */
  readonly drained: Promise<void>;
  /** Has it that no other job takes this one's place: some of its processes stay. */
  letGo(): void;
  /** Whether all output was taken. */
  isDrained(): boolean;
  /** For how long there has been nothing to take; 0 while something is being taken. */
  silentMs(): number;
}

export type Started =
  | { readonly result: 'started'; readonly job: Job }
  /** It never ran; one clause says what is wrong. */
  | { readonly result: 'refused'; readonly reason: string };
