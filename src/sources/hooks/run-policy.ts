import type { Concurrency } from '../../domain/concurrency.ts';
import type { Argument, Hook } from './hook.ts';

/**
 * How a request that runs a hook is answered: at once with the hook's message, with what the command prints (when it has
 * ended, or as it comes), or at once with 202.
 */
export const runModes = ['message', 'output', 'stream', 'accepted'] as const;
export type RunMode = (typeof runModes)[number];

/** How a hook's runs are to be run: its `run`, which the original program does not know. */
export interface HookRun {
  /** Null: as `include-command-output-in-response` says. See `modeOf`. */
  readonly mode: RunMode | null;
  /** How long a caller waits for output before the answer is 202; the run goes on. Null: to its end. */
  readonly syncTimeoutMs: number | null;
  /** Null: what the server gives. */
  readonly timeoutMs: number | null;
  /** Its group is a plain name, without placeholders. Null: runs do not wait for each other. */
  readonly concurrency: Concurrency | null;
  /** How long a log is kept after the end of its run. Null: as long as all logs. */
  readonly keepLogsMs: number | null;
  /** How many more attempts follow one that was lost. */
  readonly retryLost: number;
  /** Two requests for which its value is the same are one delivery. Null: each request is one. */
  readonly dedupeKey: Argument | null;
}

/** How requests to a hook are answered; its `run` counts more than its older properties. */
export const modeOf = ({ run, captureOutput }: Pick<Hook, 'run' | 'captureOutput'>): RunMode =>
  run?.mode ?? (captureOutput ? 'output' : 'message');
