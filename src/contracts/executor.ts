import type { Counterpart } from '../domain/counterpart.ts';
import type { Event } from '../domain/event.ts';
import type { RunId } from '../domain/id.ts';
import type { LogStream } from '../domain/log.ts';
import type { Action } from '../domain/rule.ts';
import type { Ending, Plan } from '../domain/run.ts';
import type { Step } from '../domain/step.ts';
import type { Trigger } from '../domain/trigger.ts';

/** Why an attempt is aborted whose agent stops: nobody has asked for the run's end, and another attempt may go on with it. */
export const abandoned: unique symbol = Symbol('abandoned');

/** What an attempt may use. */
export interface ExecutionContext {
  readonly run: RunId;
  readonly attempt: number;
  /** What it runs for. */
  readonly event: Event;
  readonly directory: string;
  /** The attempt's own directory: `directory`, and whatever else is its alone. */
  readonly home: string;
  /** `namespace`: when the action cannot be isolated it does not run, and the ending is `error` with the reason. */
  readonly isolation: Plan['isolation'];
  /**
   * The complete environment; nothing of the server's own is added. Its SIGNALBOX_RUN_ID and SIGNALBOX_ATTEMPT are how
   * the processes of an attempt are recognised.
   */
  readonly env: Readonly<Record<string, string>>;
  /** What started it; null for actions that do not ask for it. */
  readonly trigger: Trigger | null;
  readonly timeoutMs: number;
  /** Aborted to cancel, or `abandoned`: the whole process tree is ended, politely first. */
  readonly signal: AbortSignal;
  /** Takes output as it comes, in any pieces; wait for the promise before sending more, or using their memory again. */
  write(stream: LogStream, bytes: Uint8Array): Promise<void>;
  /** Tells of a step. What was printed before comes before it in the log, also a line that lacks its end. */
  step(step: Step): Promise<void>;
  /** Takes what the run is at whoever does its work; the latest word counts. */
  tellCounterpart(counterpart: Counterpart): Promise<void>;
}

/** An attempt whose server process is dead. */
export interface OrphanedAttempt {
  readonly run: RunId;
  /** Its own directory, as in its context; gone perhaps. */
  readonly home: string;
}

/** Performs one kind of action. */
export interface Executor extends AsyncDisposable {
  readonly kind: Action['kind'];
  /**
   * Runs the action to its end. A failing job is an `Ending`; a throw means that the executor is broken.
   * When it resolves, no process that the job started is left, and all output has been written.
   */
  execute(action: Action, context: ExecutionContext): Promise<Ending>;
  /**
   * Ends the processes of attempts that a former server process left behind (kill -9), recognised by the run id in
   * their environment, or by working in the attempt's own directory. Resolves when they are gone; returns for which
   * runs it found any.
   */
  endOrphans(attempts: readonly OrphanedAttempt[]): Promise<readonly RunId[]>;
}
