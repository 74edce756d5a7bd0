import type { Adapter } from './adapter.ts';
import type { Concurrency } from './concurrency.ts';
import type { Condition } from './condition.ts';

/** What a run executes. */
export type Action =
  | {
      readonly kind: 'command';
      /** A line for `/bin/sh`, or a program and its arguments without any shell. */
      readonly command: { readonly shell: string } | { readonly argv: readonly [string, ...string[]] };
    }
  | { readonly kind: 'script'; readonly script: Script }
  | { readonly kind: 'adapter'; readonly adapter: Adapter };

/** A file of one folder, given to an interpreter. Whether it is still such a file is looked at when it starts. */
export interface Script {
  /** Absolute. */
  readonly folder: string;
  /** Plain name of a file in there. */
  readonly name: string;
  /** A program on `PATH`, or the path of one. */
  readonly interpreter: string;
  readonly args: readonly string[];
  /** Absolute; null: an empty directory of the attempt's own. */
  readonly cwd: string | null;
}

/** An action that the rule leaves to the event: whatever its call names is run. */
export interface CalledAction {
  readonly kind: 'called';
}

/**
 * Who may start a rule without a click: `members` of the repository (a push that the forge verified counts as
 * a member's), `anyone`, or nobody (`approval`).
 */
export const trustLevels = ['members', 'anyone', 'approval'] as const;
export type Trust = (typeof trustLevels)[number];

/**
 * Whether a job is kept apart from the machine it runs on. `auto` isolates what is not a member's code and nothing
 * else. Isolated jobs have processes, /tmp and HOME of their own, and no view of what the server keeps.
 */
export const isolationLevels = ['auto', 'none', 'namespace'] as const;
export type Isolation = (typeof isolationLevels)[number];

/** When → what. Rules come from the configuration and are immutable; a reload brings new ones. */
export interface Rule {
  readonly name: string;
  readonly when: Condition;
  readonly action: Action | CalledAction;
  /** Literal repository (name or clone URL) for events that bring none: schedule and manual. */
  readonly repo: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets; their values are looked up when a run starts. */
  readonly secrets: readonly string[];
  readonly pool: string;
  readonly timeoutMs: number;
  /** How many more attempts follow one that was lost. */
  readonly retryLost: number;
  readonly trust: Trust;
  readonly isolation: Isolation;
  /** Null: as many at the same time as the agents take. */
  readonly concurrency: Concurrency | null;
  /** Names of reporters. */
  readonly report: readonly string[];
  readonly schedule: { readonly cron: string } | null;
}
