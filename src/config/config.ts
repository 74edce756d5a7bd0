import type { Adapter } from '../domain/adapter.ts';
import type { Concurrency } from '../domain/concurrency.ts';
import type { Json } from '../domain/json.ts';
import type { Occasion } from '../domain/occasion.ts';
import type { Rule } from '../domain/rule.ts';
import type { AmqpAddress } from '../lib/amqp-url.ts';
import type { Problem } from './problem.ts';

/** One address that the server listens on. */
export interface Door {
  readonly host: string;
  /** 0: the system chooses. */
  readonly port: number;
  /** Whether any other port will do where this one is taken. */
  readonly orAny?: boolean | undefined;
  /** How others reach it, without a slash at the end; null where nobody said. */
  readonly url: string | null;
}

export interface GithubConfig {
  /** Any of them may have signed a delivery. At least one. */
  readonly secrets: readonly string[];
  /** For commit statuses and to catch up; null: GitHub is neither told nor asked anything. */
  readonly token: string | null;
  /** Without a slash at the end. */
  readonly api: string;
  /** Whose webhooks are asked for deliveries that never arrived, and how often. */
  readonly catchUp: {
    /** Null: those that events have come from, and those that rules name. */
    readonly repositories: readonly string[] | null;
    readonly organizations: readonly string[];
    readonly everyMs: number;
  };
}

export interface GitlabConfig {
  /** Any of them may come with a delivery … */
  readonly tokens: readonly string[];
  /** … or have signed it. At least one of both kinds together. */
  readonly secrets: readonly string[];
  /** For commit statuses; null: GitLab is not told anything. */
  readonly apiToken: string | null;
  /** Without a slash at the end. */
  readonly api: string;
}

export interface GiteaConfig {
  /** Any of them may have signed a delivery. At least one. */
  readonly secrets: readonly string[];
  /** For commit statuses; null: Gitea is not told anything. */
  readonly token: string | null;
  /** Without a slash at the end; there wherever there is a token. */
  readonly api: string | null;
}

/** A channel of Discord that hears of runs. */
export interface DiscordConfig {
  /** Of its webhook; whoever knows it may write there. */
  readonly url: string;
  /** Empty: nobody is called. */
  readonly mention: string;
  readonly when: readonly Occasion[];
}

/** A webhook that hears of runs. */
export interface HookReportConfig {
  readonly url: string;
  /** Of Standard Webhooks. At least one. */
  readonly secrets: readonly string[];
  readonly allowsPrivateHosts: boolean;
}

/** A listener of Lightspeed, which is a rule. */
export interface ListenerConfig {
  /** Absolute; of a registered one, what it is called. */
  readonly file: string;
  readonly name: string;
  readonly rule: Rule;
  /** Null: its runs are not told there. */
  readonly discord: { readonly url: string; readonly mention: string } | null;
  /** For commit statuses of GitHub; null: none. */
  readonly githubToken: string | null;
  /** What it says, but for what is secret. */
  readonly shown: { readonly [key: string]: Json };
  /** Keys of it that mean nothing. */
  readonly unknown: readonly string[];
  /** When it came over HTTP; null: it stands in a file. Milliseconds since 1970. */
  readonly registeredAt: number | null;
}

/** Which of Lightspeed's servers this one stands in for. */
export type LightspeedRole =
  /** Takes what GitHub sends, and hands it on. */
  | {
      readonly kind: 'hooks';
      /** The admin server, without a slash at the end. */
      readonly admin: string;
      readonly token: string | null;
      /** Where the token is, if nowhere else. Absolute. */
      readonly tokenFile: string | null;
    }
  /** Takes what is handed on, and listeners that register. `token` opens its door beside all others. */
  | { readonly kind: 'admin'; readonly token: string | null };

/** Where Lightspeed's listeners are at home. */
export interface LightspeedConfig {
  readonly listeners: readonly ListenerConfig[];
  readonly hasAdmin: boolean;
  /** Any of them may have signed a delivery; none: everybody is believed. */
  readonly secrets: readonly string[];
  /** Null: of none, or of all in one. */
  readonly role: LightspeedRole | null;
}

/** Who beside forges can be told how runs stand. */
export interface ReportsConfig {
  /** Null: no channel. */
  readonly discord: DiscordConfig | null;
  /** Null: no webhook. */
  readonly hook: HookReportConfig | null;
}

/** The door of hooks files. */
export interface HooksConfig {
  /** Absolute. */
  readonly files: readonly string[];
  /** Whether they work in a checkout of the commit that a request tells of. */
  readonly checkout: boolean;
  /** Whether nobody waits for anything. */
  readonly async: boolean;
  /** Which repositories may bring hooks of their own; null: none. */
  readonly fromRepository: {
    /** Globs, as are the branches; `$default` is the default branch. */
    readonly repositories: readonly string[];
    readonly branches: readonly string[];
    /** Any of them may have signed a request. At least one. */
    readonly secrets: readonly string[];
  } | null;
}

/** The door at which scripts are called. */
export interface ScriptsConfig {
  /** Absolute. */
  readonly folder: string;
  /** As it was written. */
  readonly writtenFolder: string;
  /** Where it is on the public door; empty: it is the whole door, and speaks for nothing but itself. */
  readonly mount: string;
  /** What a script may be given to; null: any program on `PATH`. */
  readonly interpreters: readonly string[] | null;
  /** Whether callers may name one by its path. */
  readonly interpreterPaths: boolean;
  /** Any of them may be shown; none: nobody is asked. */
  readonly tokens: readonly string[];
  readonly rateLimit: number | null;
  /** What scripts work in; null: an empty directory for each. */
  readonly cwd: string | null;
  readonly env: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly timeoutMs: number;
  readonly concurrency: Concurrency | null;
}

/** Webhooks of Radicle Garden. */
export interface GardenConfig {
  /** Any of them may have signed a delivery about a repository that has none of its own. */
  readonly secrets: readonly string[];
  /** Those of one repository, by its id: they are good for no other. */
  readonly repositories: Readonly<Record<string, readonly string[]>>;
}

/** The node whose repositories are watched. */
export interface RadicleConfig {
  /** Absolute. */
  readonly home: string;
  /** Absolute. */
  readonly socket: string;
  readonly reconcileMs: number;
  readonly firstSeen: 'ignore' | 'told' | 'default-branch' | 'all';
  /** Files of a commit that rules ask for. */
  readonly files: readonly string[];
  /** Of the node's key; null: an agent opens it, or it has none. */
  readonly passphrase: string | null;
}

/** Buildkite, where builds can be ordered. */
export interface BuildkiteConfig {
  /** Without a slash at the end. */
  readonly api: string;
  /** Whose pipelines are meant where only a pipeline is named. */
  readonly organization: string;
  readonly token: string;
  /** How webhooks prove where they are from; null: none is believed. */
  readonly webhook:
    | { readonly mode: 'token'; readonly secret: string }
    | { readonly mode: 'signature'; readonly secret: string; readonly maxAgeMs: number | null }
    | null;
  /** Globs of what may be built: `organization/pipeline`. */
  readonly pipelines: readonly string[];
  readonly mostBuilds: number;
  readonly pollMs: number;
}

/** Other CI services that runs can be handed to. */
export interface ProvidersConfig {
  readonly buildkite: BuildkiteConfig | null;
  readonly fake: boolean;
}

/** The place of a spindle: CI for repositories in Tangled. */
export interface TangledConfig {
  /** With its port where it has one, as are the knots. */
  readonly hostname: string;
  readonly owner: string;
  readonly members: readonly string[];
  readonly knots: readonly string[];
  /** Whether every repository on those knots counts as a member's. */
  readonly trustsKnots: boolean;
  /** Without a slash at the end. */
  readonly plc: string;
  /** Null: none. */
  readonly jetstream: string | null;
  /** Where workflows run that name no other CI service, or, with `forAll`, all of them; null: here. */
  readonly elsewhere: {
    readonly provider: { readonly name: string; readonly settings: Json };
    readonly forAll: boolean;
  } | null;
  readonly reconcileMs: number;
  /** Of one workflow. */
  readonly timeoutMs: number;
  /** What secrets of repositories are sealed with, in base 64; null: a key that is made. */
  readonly secretKey: string | null;
  readonly concurrency: Concurrency | null;
  readonly dev: boolean;
}

/** Who may see badges. */
export type BadgeReaders = 'signed-in' | 'anyone';

export interface Limits {
  readonly bodyBytes: number;
  readonly queue: number;
  readonly logBytes: number;
  readonly runs: number;
  readonly leaseMs: number;
}

/** How runs reach their agents. */
export type Transport =
  | { readonly kind: 'embedded' }
  | { readonly kind: 'rabbitmq'; readonly address: AmqpAddress };

/** Who an agent is. */
export interface AgentConfig {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
}

export interface Retention {
  readonly eventsMs: number;
  readonly deliveryIdsMs: number;
  readonly logsMs: number;
  readonly logsTotalBytes: number;
}

export interface GitPolicy {
  readonly allowFile: boolean;
  readonly allowPrivateHosts: boolean;
  /** For one checkout on the disk, together with its mirror. */
  readonly roomBytes: number;
}

/** Where facts are kept. */
export type StoreConfig =
  | { readonly kind: 'sqlite' }
  /** `url` may have a password in it: it is never printed. */
  | { readonly kind: 'postgres'; readonly url: string };

/** A bucket of a service that speaks S3. */
export interface BucketConfig {
  /** Without a slash at the end. */
  readonly endpoint: string;
  readonly region: string;
  readonly bucket: string;
  /** May be empty. */
  readonly prefix: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The configuration as the program uses it: defaults filled in, references replaced, paths absolute, rules compiled. */
export interface Config {
  /** Absolute; null when there was no file. */
  readonly file: string | null;
  readonly public: Door;
  readonly admin: Door;
  readonly dataDir: string;
  readonly store: StoreConfig;
  /** Where logs are kept; null: in files of the data directory. */
  readonly logs: BucketConfig | null;
  readonly transport: Transport;
  /** Null in a server's file. */
  readonly agent: AgentConfig | null;
  /** Null: no door for GitHub. */
  readonly github: GithubConfig | null;
  /** Null: no door for GitLab. */
  readonly gitlab: GitlabConfig | null;
  /** Null: no door for Gitea and Forgejo. */
  readonly gitea: GiteaConfig | null;
  /** Null: no door for hooks. */
  readonly hooks: HooksConfig | null;
  /** Null: no door for scripts. */
  readonly scripts: ScriptsConfig | null;
  /** Null: no node is watched. */
  readonly radicle: RadicleConfig | null;
  /** Null: no door for Radicle Garden. */
  readonly garden: GardenConfig | null;
  /** Null: this is no spindle. */
  readonly tangled: TangledConfig | null;
  readonly schedule: { readonly timezone: string };
  readonly reports: ReportsConfig;
  /** Null: no listeners. */
  readonly lightspeed: LightspeedConfig | null;
  readonly providers: ProvidersConfig;
  readonly adapters: readonly Adapter[];
  /** Values of the adapters' secret variables, by the names that rules have them under; never printed. */
  readonly adapterSecrets: Readonly<Record<string, string>>;
  readonly rules: readonly Rule[];
  /** Values of what rules may name in `secrets:`; never printed. */
  readonly secrets: Readonly<Record<string, string>>;
  /** The files that references were read from: not for jobs to see. Absolute. */
  readonly secretFiles: readonly string[];
  readonly badges: BadgeReaders;
  readonly limits: Limits;
  readonly retention: Retention;
  readonly git: GitPolicy;
  /** What of the environment Dagger's command line finds its engine by. */
  readonly daggerEnvironment: Readonly<Record<string, string>>;
}

/** A broken configuration is never half in force: it is whole, or it is refused with all that is wrong with it. */
export type LoadedConfig =
  | { readonly result: 'loaded'; readonly config: Config; readonly warnings: readonly Problem[] }
  | { readonly result: 'refused'; readonly problems: readonly Problem[] };
