/** What the API answers, as far as the window reads it. Times are ISO 8601. */
import type { Authentication } from '../src/domain/delivery.ts';
import type { Actor, Commit, EventType, Patch, Repo } from '../src/domain/event.ts';
import type { Explanation } from '../src/domain/explanation.ts';
import type { LogStream } from '../src/domain/log.ts';
import type { LogMark as MarkOfLine } from '../src/domain/log-mark.ts';
import type { ReportState } from '../src/domain/report.ts';
import type { Isolation, Trust } from '../src/domain/rule.ts';
import type { Outcome, RunStatus } from '../src/domain/run.ts';
import type { VerdictWord } from '../src/domain/verdict.ts';

export interface Paged<Item> {
  readonly items: readonly Item[];
  /** Where the next, older page begins; null on the last one. */
  readonly next: string | null;
}

export interface EventFacts {
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly action: string | null;
  readonly deliveryId: string | null;
  readonly receivedAt: string;
  readonly repo: Repo | null;
  readonly ref: string | null;
  readonly branch: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly commits: readonly Commit[];
  readonly changed: readonly string[] | null;
  readonly actor: Actor;
  readonly patch?: Patch;
  /** What the event itself named to be run; of its variables the names. */
  readonly call?: {
    readonly name: string;
    readonly args: readonly string[];
    readonly env: readonly string[];
  };
  readonly replayOf?: string;
  readonly target?: string;
  readonly caughtUp?: true;
  readonly note?: string;
  readonly duplicates: readonly { readonly receivedAt: string; readonly conflict: boolean }[];
}

export interface VerdictSummary {
  readonly rule: string;
  readonly verdict: VerdictWord;
  readonly reason: string;
  readonly runs: readonly string[];
}
export interface Verdict extends VerdictSummary {
  readonly explanation: Explanation;
}

export interface EventSummary extends EventFacts {
  readonly verdicts: readonly VerdictSummary[];
  readonly authentication: Authentication | null;
}
export interface EventDetail extends EventFacts {
  readonly verdicts: readonly Verdict[];
  readonly delivery: Delivery | null;
}

export interface Delivery {
  readonly id: string;
  readonly peer: string;
  readonly method: string;
  readonly path: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly authentication: Authentication;
  readonly body: string;
  readonly bodyEncoding: 'utf8' | 'base64';
  readonly bodyBytes: number;
}

/** A rule in force, in words. */
export interface Rule {
  readonly name: string;
  readonly when: readonly string[];
  readonly action: { readonly kind: string; readonly summary: string };
  readonly env: readonly string[];
  readonly secrets: readonly string[];
  readonly pool: string;
  readonly timeoutMs: number;
  readonly retryLost: number;
  readonly trust: Trust;
  readonly isolation: Isolation;
  readonly report: readonly string[];
  readonly cron: string | null;
}

/** How the rules in force have fared: what they made of so many events, since the first of these. */
export interface RuleInsights {
  readonly events: number;
  readonly since: string | null;
  readonly items: readonly RuleInsight[];
}
export interface RuleInsight {
  readonly rule: string;
  readonly asked: number;
  readonly matched: number;
  readonly lastMatchAt: string | null;
  readonly medianMs: number | null;
  /** Newest first. */
  readonly latest: readonly (Standing & { readonly id: string })[];
}

/** How many events came in each hour, each by its weightiest verdict; all from `since` on are counted. */
export interface EventInsights {
  readonly since: string;
  readonly hours: readonly {
    readonly at: string;
    readonly error: number;
    readonly blocked: number;
    readonly matched: number;
    readonly notMatched: number;
  }[];
}

/** What is left of a delivery that was refused. */
export interface Refusal extends Omit<Delivery, 'body' | 'bodyEncoding'> {
  readonly source: string;
  readonly receivedAt: string;
  readonly bodyHash: string;
  readonly status: number;
  readonly reason: string;
}

/** How a run stands, in the two words that choose its lamp. */
export interface Standing {
  readonly state: RunStatus['state'];
  readonly outcome: Outcome | null;
}

export interface Run extends Standing {
  readonly id: string;
  readonly rule: string;
  readonly event: string;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly agent: string | null;
  readonly queuedAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly reason: string | null;
  readonly repo: Repo | null;
  readonly ref: string | null;
  readonly sha: string | null;
  readonly rerunOf: string | null;
  /** What an adapter calls it, and where it shows it. */
  readonly adapter: { readonly runId: string; readonly infoUrl: string | null } | null;
  /** Which workflow of which pipeline, by its at-uri, it is. */
  readonly workflow: { readonly pipeline: string; readonly name: string } | null;
  /** The build of another CI service that it was handed to. */
  readonly build: { readonly provider: string; readonly id: string; readonly url: string | null } | null;
}

/** A run as lists show it, with who caused it. */
export interface RunSummary extends Run {
  readonly actor: Actor;
  /** Why a queued run waits, where the server can say so. */
  readonly waits?: string | null;
}

/** Who has paused or drained something, since when, and why. */
export interface Hold {
  readonly by: string;
  readonly since: string;
  readonly reason: string | null;
}

/** Where runs wait for agents. */
export interface Pool {
  readonly name: string;
  /** Of this very pool. */
  readonly pause: Hold | null;
  readonly waiting: number;
  readonly running: number;
  readonly agents: readonly { readonly name: string; readonly state: string }[];
}
export interface Pools {
  readonly items: readonly Pool[];
  /** Who has paused all of them. */
  readonly everything: Hold | null;
}

/** A process that takes runs. Of one within the server, no more is told than what it runs. */
export interface Agent {
  readonly name: string;
  readonly pools: readonly string[];
  readonly slots: number;
  readonly running: readonly {
    readonly run: string;
    readonly attempt: number;
    readonly leaseUntil: string;
  }[];
  readonly state?: 'online' | 'draining' | 'drained' | 'offline';
  /** Who wants it to take no more runs. */
  readonly drain?: Hold | null;
  readonly lastSeenAt?: string;
  readonly capabilities?: {
    readonly os: string;
    readonly arch: string;
    readonly tools: readonly string[];
    readonly isolation: boolean;
  };
}

/** What a run does, and with what. */
export interface Work {
  readonly kind: string;
  readonly summary: string;
  readonly url: string | null;
  readonly env: readonly string[];
  readonly secrets: readonly string[];
  readonly withheld: readonly string[];
  readonly isolation: 'none' | 'namespace';
  readonly pool: string;
  readonly timeoutMs: number;
}
export interface RunDetail extends RunSummary {
  readonly work: Work;
  readonly logLines: number;
  readonly attempts: readonly Attempt[];
  readonly reports: readonly Report[];
}
export interface Attempt {
  readonly attempt: number;
  readonly agent: string;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly outcome: string | null;
}
export interface Report {
  readonly reporter: string;
  readonly state: ReportState['state'];
  readonly tries: number;
  readonly error: string | null;
  readonly nextTryAt: string | null;
  readonly sentAt: string | null;
}

export interface LogLine {
  readonly seq: number;
  readonly at: string;
  readonly stream: LogStream;
  readonly text: string;
}

/** How far a log was looked through. */
export interface Scan {
  readonly searchedTo: number;
  readonly atEnd: boolean;
}
export interface LogSearch extends Scan {
  readonly lines: readonly number[];
}
export interface LogMarks extends Scan {
  readonly marks: readonly LogMark[];
  readonly firstError: number | null;
}
/** A line that structures its log: a job's own marker, or what signalbox itself says there. */
export type LogMark = { readonly seq: number; readonly at: string } & (
  | MarkOfLine
  | { readonly kind: 'system'; readonly text: string }
);

/** How the house is, as far as the window shows it. */
export interface Health {
  /** Where forges reach the public door. */
  readonly publicUrl: string | null;
  readonly ok: boolean;
  readonly version: string;
  readonly startedAt: string;
  readonly store: { readonly ok: boolean; readonly error: string | null };
  readonly queue: { readonly blocked: number; readonly queued: number; readonly running: number } | null;
  /** Messages to be sent. */
  readonly outbox: number | null;
  readonly sources: readonly {
    readonly name: string;
    readonly path: string | null;
    readonly lastEventAt: string | null;
    readonly catchUp: { readonly lastAt: string | null; readonly problems: readonly string[] } | null;
    readonly streams: readonly {
      readonly name: string;
      readonly connected: boolean;
      readonly lagMs: number | null;
      readonly lastEventAt: string | null;
      readonly skipped: number;
      readonly strangers: number;
      readonly problem: string | null;
    }[];
  }[];
  readonly config: {
    readonly file: string | null;
    readonly loadedAt: string;
    /** Why the latest reload changed nothing; null when it did. */
    readonly error: string | null;
    /** Keys whose new values count after a restart only. */
    readonly needsRestart: readonly string[];
  };
}

/** What the house keeps to. */
export interface Settings {
  readonly limits: {
    readonly bodyBytes: number;
    readonly queue: number;
    readonly logBytes: number;
    readonly runs: number;
    readonly leaseMs: number;
  };
  readonly retention: {
    readonly eventsMs: number;
    readonly deliveryIdsMs: number;
    readonly logsMs: number;
    readonly logsTotalBytes: number;
  };
  readonly badges: 'signed-in' | 'anyone';
}

export interface Token {
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
}
/** A token as it is shown once. */
export interface NewToken {
  readonly name: string;
  readonly token: string;
}

/** What the feed tells: which event came, which run changed, and that something was paused, drained, or let go. */
export type FeedItem =
  | { readonly id: number; readonly type: 'event'; readonly event: string; readonly duplicate: boolean }
  | ({
      readonly id: number;
      readonly type: 'run';
      readonly run: string;
      readonly event: string;
      readonly rule: string;
      readonly attempt: number;
    } & Standing)
  | { readonly id: number; readonly type: 'hold'; readonly isHeld: boolean; readonly by: string };
