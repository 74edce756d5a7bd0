import type { Event } from '../domain/event.ts';
import type { RunId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import type { WorkflowRef } from '../domain/pipeline.ts';
import type { Ending } from '../domain/run.ts';

/** What another CI service is to build. */
export interface BuildOrder {
  /** Names the build over there, too: a run has one build, however often it is asked for. */
  readonly run: RunId;
  readonly rule: string;
  readonly event: Event;
  /** The commit; null: whatever the branch is at when the build begins. */
  readonly sha: string | null;
  /** Variables for the build. Whoever may see the build sees them. */
  readonly env: Readonly<Record<string, string>>;
  /** What the rule or the workflow says to this very service. */
  readonly settings: Json;
  readonly workflow: WorkflowRef | null;
}

/** A build over there. */
export interface Build {
  /** Of all its builds, this one. */
  readonly id: string;
  /** Where people look at it; null: nowhere. */
  readonly url: string | null;
}

/** A part of a build, as a step of the run. */
export interface BuildJob {
  readonly id: string;
  readonly name: string;
  /** What it executes, where that can be said. */
  readonly command: string | null;
  /** `over`: no state follows, though its log may still grow for a moment. */
  readonly state: 'waiting' | 'running' | 'over';
  readonly hasLog: boolean;
  /** What has become of it where no log says so: `expired before an agent took it`. */
  readonly remark: string | null;
  /** When it began, by their clock; null: not yet. Milliseconds since 1970. */
  readonly startedAt: number | null;
}

/** A build as it is now. */
export interface BuildNow {
  /** Those that have begun and those that have not, in their order. */
  readonly jobs: readonly BuildJob[];
  /** A sentence on what it waits for; null: for nothing in particular. */
  readonly waitsFor: string | null;
  /** How it ended; null while it goes on. */
  readonly ending: Ending | null;
}

/** What is known of a job's log already. */
export interface KnownLog {
  readonly bytes: number;
  /** The last of them: a log that has other bytes there is another one. */
  readonly tail: Uint8Array;
}

export type LogNews =
  /** What follows the known bytes; empty: nothing yet. */
  | { readonly result: 'more'; readonly bytes: Uint8Array }
  /** It is another one, and these are its bytes from the first on. */
  | { readonly result: 'another'; readonly bytes: Uint8Array }
  /** It will never be read, for a reason that people should hear. */
  | { readonly result: 'unreadable'; readonly reason: string };

/**
 * Another CI service: it runs what it is told to, and is asked how that goes. Rate limits are waited for, and what may be
 * repeated is repeated, for as long as the signal lets it; whatever else goes wrong is thrown as a `SignalboxError` with a
 * sentence for the author of the rule or workflow.
 */
export interface Provider extends AsyncDisposable {
  /** As the configuration and workflows call it. */
  readonly name: string;
  /** How many builds may be under way at a time; further runs wait in the queue. */
  readonly mostBuilds: number;
  /**
   * The build of this run: found, where it was made already (by a former attempt, or by a call whose answer was lost),
   * otherwise made. However often it is called, also after a crash: there is one build. `isFirst`: nobody can have made it
   * yet. `say` hears what keeps it waiting.
   */
  start(
    order: BuildOrder,
    isFirst: boolean,
    say: (line: string) => void,
    signal: AbortSignal,
  ): Promise<Build>;
  /** The build as it is, and again whenever that has changed; ends after the first one with an ending. */
  observe(build: Build, signal: AbortSignal): AsyncIterable<BuildNow>;
  /** What has come to a job's log, up to so many bytes in all. */
  logs(
    build: Build,
    job: BuildJob,
    known: KnownLog,
    mostBytes: number,
    signal: AbortSignal,
  ): Promise<LogNews>;
  /** Ends what was started for an order, if anything was; harmless where it is over. `build` null: it is looked for. */
  cancel(order: BuildOrder, build: Build | null, signal: AbortSignal): Promise<void>;
}
