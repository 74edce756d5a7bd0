import type { Authentication, Delivery, RefusedDelivery } from '../domain/delivery.ts';
import type { Event, EventType } from '../domain/event.ts';
import type { FeedItem } from '../domain/feed.ts';
import type { DeliveryId, EventId, RunId } from '../domain/id.ts';
import type { Json } from '../domain/json.ts';
import type { LogChunk, LogLine } from '../domain/log.ts';
import type { Report, ReportState } from '../domain/report.ts';
import type { News, Run, RunStatus } from '../domain/run.ts';
import type { JudgedEvent } from '../domain/tally.ts';
import type { Verdict, VerdictWord } from '../domain/verdict.ts';
import type { HoldStore } from './hold-store.ts';
import type { PipelineStore } from './pipeline-store.ts';
import type { RepoSecretStore } from './repo-secret-store.ts';
import type { SessionStore } from './session-store.ts';
import type { UsedTokenStore } from './used-token-store.ts';

/** All that one accepted event brings; it is stored whole or not at all. */
export interface Admission {
  /** The bytes behind the event; null where there are none, or where they are stored already (a replay). */
  readonly delivery: { readonly delivery: Delivery; readonly authentication: Authentication } | null;
  readonly event: Event;
  readonly verdicts: readonly Verdict[];
  readonly runs: readonly Run[];
  /** Where a stream source stands after this event. */
  readonly position: { readonly source: string; readonly position: Json } | null;
}

/** What became of new runs. */
export interface Placed {
  /** As they are stored: a full group may have changed what was planned. */
  readonly runs: readonly Run[];
  /** Older runs that made place for them, as they are now. */
  readonly superseded: readonly Run[];
}

export type Admitted =
  | ({ readonly result: 'admitted' } & Placed)
  /**
   * (source, deliveryId) was here before: nothing new runs; the copy is recorded with that event.
   * `conflict`: the copy's body differs.
   */
  | {
      readonly result: 'known';
      readonly event: EventId;
      readonly runs: readonly RunId[];
      readonly conflict: boolean;
    };

export type Amended =
  | { readonly result: 'amended'; readonly run: Run }
  /** The news changed nothing (late, repeated, or the run is over); `run` as it is. */
  | { readonly result: 'stale'; readonly run: Run }
  | { readonly result: 'unknown' };

/** Something still to be sent. Entries are written in the transaction of the fact that causes them. */
export type OutboxEntry = {
  /** One entry per key: a newer one replaces an unsent older one and starts its tries anew. */
  readonly key: string;
  readonly version: number;
  /** How often sending was tried and failed. */
  readonly tries: number;
} & OutboxBody;
export type OutboxBody =
  | { readonly kind: 'ticket'; readonly ticket: Ticket }
  | { readonly kind: 'report'; readonly report: Report };
export type OutboxKind = OutboxBody['kind'];

/** "There is a run": nothing else of value, so a lost, late or doubled one does no harm. */
export interface Ticket {
  readonly run: RunId;
  readonly pool: string;
}

/** Newest first; `after` is the `next` of the page before (any other text is an `invalid` error). */
export interface Page {
  readonly limit: number;
  readonly after: string | null;
}
export interface Paged<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

export interface EventFilter {
  readonly source: string | null;
  readonly type: EventType | null;
  readonly repo: string | null;
}
export interface RunFilter {
  readonly state: RunStatus['state'] | null;
  readonly rule: string | null;
  readonly event: EventId | null;
}

export interface Duplicate {
  readonly receivedAt: number;
  readonly conflict: boolean;
}
/** An event as lists show it: verdicts without their trees. */
export interface EventSummary {
  readonly event: Event;
  readonly verdicts: readonly {
    readonly rule: string;
    readonly verdict: VerdictWord;
    readonly reason: string;
    readonly runs: readonly RunId[];
  }[];
  readonly duplicates: readonly Duplicate[];
  /** How its sender was known; null when no delivery is behind it. */
  readonly authentication: Authentication | null;
}
export interface EventDetail {
  readonly event: Event;
  readonly verdicts: readonly (Verdict & { readonly runs: readonly RunId[] })[];
  readonly duplicates: readonly Duplicate[];
  readonly delivery: StoredDelivery | null;
}
export interface StoredDelivery {
  readonly delivery: Delivery;
  readonly authentication: Authentication;
}
export interface Attempt {
  readonly attempt: number;
  readonly agent: string;
  readonly startedAt: number;
  /** Null while it runs. */
  readonly finishedAt: number | null;
  /** The run's outcome after it, `lost` when nobody knows, null while it runs. */
  readonly outcome: string | null;
}
export interface RunDetail {
  readonly run: Run;
  readonly attempts: readonly Attempt[];
  readonly reports: readonly ReportState[];
}

/** A process that uses the store, perhaps beside others. */
export interface Plane {
  readonly name: string;
  /** Where its logs are, in words that are the same for all that keep them there. */
  readonly logs: string;
}

/** A token as it can be shown: its secret is stored hashed only. */
export interface TokenRecord {
  readonly name: string;
  /** SHA-256 of the token, hex. */
  readonly hash: string;
  readonly createdAt: number;
  readonly lastUsedAt: number | null;
}

/**
 * Truth. Every write is one transaction and is on disk when its promise resolves; many writes that wait at the
 * same time may share one transaction, and each still succeeds or fails alone. Errors are `SignalboxError`s:
 * `unavailable` (disk full, busy) may pass, `corrupt` will not.
 */
export interface Store
  extends PipelineStore,
    RepoSecretStore,
    HoldStore,
    SessionStore,
    UsedTokenStore,
    AsyncDisposable {
  // Facts
  admit(admission: Admission): Promise<Admitted>;
  /** Moves a stream source on where no event does; also keeps what others want to find again, under a name of theirs. */
  keepPosition(position: NonNullable<Admission['position']>): Promise<void>;
  /** Keeps it only where nothing is kept under that name yet; all who ask get what was kept first. */
  keepFirst(position: NonNullable<Admission['position']>): Promise<Json>;
  /** Keeps what is worth keeping of a refused delivery; may be written later and drops the oldest when too many. */
  refuse(refused: Omit<RefusedDelivery, 'bodyBytes' | 'bodyHash'> & { readonly body: Uint8Array }): void;
  /** Adds a run to an event that is stored already (a rerun). */
  addRun(run: Run): Promise<Placed>;
  /**
   * `advance`s a run by the news. When that changes the run, the transaction also holds its consequences: a ticket
   * for a run that became queued, the reports of its new state, its attempt, a feed item. Admission does the same for new runs.
   */
  amend(run: RunId, news: News): Promise<Amended>;
  /** Repeats the tickets of all queued runs (the broker forgot them, or there was none). Returns how many. */
  ticketAgain(): Promise<number>;

  // Outbox
  /** Takes due entries, oldest first, for nobody else until `takenUntil`. */
  takeOutbox(
    kind: OutboxKind,
    now: number,
    limit: number,
    takenUntil: number,
  ): Promise<readonly OutboxEntry[]>;
  /** Sent. An entry that was replaced meanwhile stays, and is due at once. */
  settle(entry: OutboxEntry): Promise<void>;
  /** Not sent: due again then. The same rule for replaced entries. */
  postpone(entry: OutboxEntry, dueAt: number, error: string): Promise<void>;
  /** Will never be sent; the error stays visible with the run's reports. */
  giveUp(entry: OutboxEntry, error: string): Promise<void>;
  /** When the next entry of a kind is due, or may be taken again; null when there is none. */
  nextDue(kind: OutboxKind): Promise<number | null>;
  /** Whether somebody is sending an entry of a kind, or should: one is taken, or due at `now`. */
  isSending(kind: OutboxKind, now: number): Promise<boolean>;

  // Logs
  /**
   * In order per run. The same (attempt, sequence) twice counts once; chunks of an older attempt are dropped. Where
   * output may be missing (a number left out, an attempt that was lost, a crash) a `system` line says so. What a
   * reader has seen stays; of the rest, a crash loses what was appended in the last second at most.
   */
  appendLog(run: RunId, chunk: LogChunk): Promise<void>;
  /** Up to `limit` lines with `seq > after`, oldest first; fewer where they are long, none only at the end. */
  log(run: RunId, after: number, limit: number): Promise<readonly LogLine[]>;
  /** The number of the log's last line; 0 when there is none. */
  logEnd(run: RunId): Promise<number>;
  /** The log's bytes as they were printed. */
  rawLog(run: RunId): AsyncIterable<Uint8Array>;
  /**
   * What the programs of the run's last attempt printed, both streams in the order in which it came, byte for byte, from
   * behind so many bytes on.
   */
  output(run: RunId, after: number): AsyncIterable<Uint8Array>;

  // Questions
  feed(after: number, limit: number): Promise<readonly FeedItem[]>;
  /** The newest feed item's id; 0 when there is none. */
  feedEnd(): Promise<number>;
  events(filter: EventFilter, page: Page): Promise<Paged<EventSummary>>;
  /** What the rules said to the latest events, newest first; of at most `limit` of them. */
  verdicts(limit: number): Promise<readonly JudgedEvent[]>;
  event(id: EventId): Promise<EventDetail | undefined>;
  /** The event alone, without its bytes and all that came of it. */
  bareEvent(id: EventId): Promise<Event | undefined>;
  /** Whether `admit` would take an event with this delivery id for a copy. */
  isKnown(source: string, deliveryId: string): Promise<boolean>;
  delivery(id: DeliveryId): Promise<StoredDelivery | undefined>;
  refusals(page: Page): Promise<Paged<RefusedDelivery>>;
  runs(filter: RunFilter, page: Page): Promise<Paged<Run>>;
  run(id: RunId): Promise<RunDetail | undefined>;
  /** Runs that are `running`, with whom. */
  running(): Promise<
    readonly {
      readonly run: RunId;
      readonly attempt: number;
      readonly agent: string;
      readonly leaseUntil: number;
    }[]
  >;
  /** The latest repository of that name that an event came from. */
  repo(name: string): Promise<Event['repo']>;
  /** The names of the repositories that events of a source came from, in their order; at most `limit`. */
  repos(source: string, limit: number): Promise<readonly string[]>;
  /** Which of a source's delivery ids were here before. */
  knownDeliveries(source: string, ids: readonly string[]): Promise<readonly string[]>;
  position(source: string): Promise<Json>;
  counts(): Promise<{
    readonly queued: number;
    readonly running: number;
    readonly blocked: number;
    readonly outbox: number;
    readonly oldestQueuedAt: number | null;
  }>;

  // Control planes
  /**
   * Says that a control plane is alive at `now`. Returns those that were not heard of since `silentBefore`, each to one
   * that asks. Throws `conflict` when one that is alive keeps its logs elsewhere: neither could read the other's.
   */
  beat(plane: Plane, now: number, silentBefore: number): Promise<readonly string[]>;
  /** It ends: the next one that asks hears so. */
  leave(plane: string): Promise<void>;

  // Tokens
  addToken(token: TokenRecord): Promise<void>;
  tokens(): Promise<readonly TokenRecord[]>;
  /** False when there is none of that name. */
  revokeToken(name: string): Promise<boolean>;
  /** May be written later. */
  touchToken(hash: string, at: number): void;

  // Retention
  /** Forgets events (with deliveries, runs, logs) received before; unfinished runs keep theirs. At most `limit`; returns how many. */
  forgetEvents(before: number, limit: number): Promise<number>;
  /**
   * Forgets the logs of finished runs, oldest first: those of runs from before, and as many as it takes to come under a
   * total. The runs stay. At most `limit`; returns how many.
   */
  forgetLogs(
    keep: { readonly before: number; readonly totalBytes: number; readonly now: number },
    limit: number,
  ): Promise<number>;
  /** Forgets delivery ids and feed items from before, at most `limit` of each; returns the greater number. */
  forgetDeliveryIds(before: number, limit: number): Promise<number>;
}
