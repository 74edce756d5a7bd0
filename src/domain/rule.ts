import type { Adapter } from './adapter.ts';
import type { Concurrency } from './concurrency.ts';
import type { Condition } from './condition.ts';
import type { Json } from './json.ts';
import type { Workflow } from './pipeline.ts';

/** What a run executes. */
export type Action =
  | {
      readonly kind: 'command';
      /** A line for `/bin/sh`, or a program and its arguments without any shell. */
      readonly command: { readonly shell: string } | { readonly argv: readonly [string, ...string[]] };
      /** Absolute: what is there already, instead of a checkout; absent: the checkout. */
      readonly directory?: string | undefined;
    }
  | { readonly kind: 'script'; readonly script: Script }
  | { readonly kind: 'hook'; readonly hook: HookCommand }
  | { readonly kind: 'repository hook'; readonly call: RepositoryHook }
  | { readonly kind: 'dagger'; readonly dagger: DaggerCall | DaggerByName }
  | { readonly kind: 'adapter'; readonly adapter: Adapter }
  | { readonly kind: 'workflow'; readonly workflow: Workflow }
  | { readonly kind: 'provider'; readonly call: ProviderCall }
  /** Another program has run it, before this one came: nobody here knows what it was, and nobody can run it again. */
  | { readonly kind: 'elsewhere'; readonly program: string };

/** The pool of runs that other CI services perform: they wait, and hold none of this machine's slots. */
export const providersPool = 'providers';
/** Pools whose runs need a server, and are taken by no agent on another machine. */
export const serverPools: readonly string[] = ['local', providersPool];

/**
 * So often a run of theirs is taken up again whose attempt was lost with its server, whatever its rule says: the build goes
 * on, and so nothing is done twice.
 */
export const providerRestarts = 10_000;

/** Work for another CI service. */
export interface ProviderCall {
  /** As the configuration names it. */
  readonly provider: string;
  /** What it is to build, in its own terms, as the rule or the workflow says; checked by whoever speaks with it. */
  readonly settings: Json;
}

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

/** A program with what a request hands to it, as a hooks file says. Where it is, is looked up when it starts. */
export interface HookCommand {
  /** As the hook names it; the process sees it as its own name. */
  readonly program: string;
  readonly args: readonly string[];
  /** As written, from the checkout where there is one, else from where the server was started; "": that very directory. */
  readonly directory: string;
  readonly isInCheckout: boolean;
  readonly files: readonly HandedFile[];
  /** What stands on its standard input, in base64; null: nothing. */
  readonly stdin: string | null;
  /** What becomes of processes that it leaves in the background when it ends by itself. */
  readonly background: 'stays' | 'ends';
  /** Why the system would not start it: then it is not tried. */
  readonly refusal: string | null;
}

/** A hook of the hooks file in the checkout. Which that is, and what it says to the request, is known when it is there. */
export interface RepositoryHook {
  readonly id: string;
  readonly request: {
    readonly method: string;
    readonly headers: readonly (readonly [name: string, value: string])[];
    readonly query: string;
    /** In base64. */
    readonly body: string;
    readonly peer: { readonly address: string; readonly port: number } | null;
    readonly receivedAt: number;
  };
}

/** A file that is written for a program, readable for its user alone, and removed when the program has ended. */
export interface HandedFile {
  /** The variable that tells its path. */
  readonly variable: string;
  /** What its name begins and ends with. */
  readonly prefix: string;
  readonly suffix: string;
  /** In base64. */
  readonly content: string;
}

/** One function of a Dagger module, with what it is given. */
export interface DaggerCall {
  readonly mode: 'call';
  /** A path in the checkout, or the address of a module. */
  readonly module: string;
  readonly function: string;
  /** As Dagger's command line reads them; a list is given one by one. */
  readonly args: Readonly<Record<string, string | readonly string[]>>;
}

/** The functions of a Dagger module that answer to the event by their names, as pocketci chooses them. */
export interface DaggerByName {
  readonly mode: 'pocketci';
  /** Null: the one that `pocketci.yaml` in the checkout names. */
  readonly module: string | null;
}

/** An action that the rule leaves to the event: whatever its call names is run. */
export interface CalledAction {
  readonly kind: 'called';
}

/** An action that the rule leaves to the event: each workflow of its pipeline that answers is a run. */
export interface WorkflowsAction {
  readonly kind: 'workflows';
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
  readonly action: Action | CalledAction | WorkflowsAction;
  /** Literal repository (name or clone URL) for events that bring none: schedule and manual. */
  readonly repo: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Names of secrets; their values are looked up when a run starts. */
  readonly secrets: readonly string[];
  readonly pool: string;
  readonly timeoutMs: number;
  /** How many more attempts follow one that was lost. */
  readonly retryLost: number;
  /** How long logs are kept after the end of a run; null: as long as all logs. Longer than those none is. */
  readonly keepLogMs: number | null;
  readonly trust: Trust;
  readonly isolation: Isolation;
  /** Null: as many at the same time as the agents take. */
  readonly concurrency: Concurrency | null;
  /** Names of reporters. */
  readonly report: readonly string[];
  readonly schedule: { readonly cron: string } | null;
}
