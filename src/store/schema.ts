import type { Generated } from 'kysely';
import type { Session } from '../contracts/session-store.ts';
import type { HoldOn } from '../domain/hold.ts';
import type { DeliveryId, EventId, RunId } from '../domain/id.ts';
import type { PipelineTrigger } from '../domain/pipeline.ts';
import type { ReportState } from '../domain/report.ts';
import type { RunStatus } from '../domain/run.ts';

/**
 * The tables, the same on every engine. Times are milliseconds since 1970, booleans are 0 and 1, JSON is text that
 * only our code looks into: what is filtered or sorted by has a column of its own.
 */
export interface Schema {
  migration: MigrationTable;
  delivery: DeliveryTable;
  delivery_id: DeliveryIdTable;
  event: EventTable;
  duplicate: DuplicateTable;
  run: RunTable;
  attempt: AttemptTable;
  log_size: LogSizeTable;
  short_log: ShortLogTable;
  log_until: LogUntilTable;
  log_end: LogEndTable;
  log_tail: LogTailTable;
  log_object: LogObjectTable;
  report: ReportTable;
  outbox: OutboxTable;
  feed: FeedTable;
  refusal: RefusalTable;
  position: PositionTable;
  token: TokenTable;
  pipeline: PipelineTable;
  workflow_run: WorkflowRunTable;
  announcement: AnnouncementTable;
  repo_secret: RepoSecretTable;
  plane: PlaneTable;
  hold: HoldTable;
  session: SessionTable;
  used_token: UsedTokenTable;
}

/** One row per step that made the database what it is. */
interface MigrationTable {
  version: number;
  name: string;
  applied_at: number;
}

export interface DeliveryTable {
  id: DeliveryId;
  source: string;
  received_at: number;
  peer: string;
  method: string;
  path: string;
  headers: string;
  body: Uint8Array;
  authentication: string;
}

/** Which (source, delivery id) was here before; kept longer than the events. */
export interface DeliveryIdTable {
  source: string;
  delivery_id: string;
  event: EventId;
  /** SHA-256 of the body, hex; null when there were no bytes, or not the original ones. */
  body_hash: string | null;
  received_at: number;
}

export interface EventTable {
  id: EventId;
  source: string;
  type: string;
  repo: string | null;
  delivery: DeliveryId | null;
  received_at: number;
  /** The `Event`. */
  data: string;
  /** Rule, word and reason of each verdict; their trees are in `explanations`, in the same order. */
  verdicts: string;
  explanations: string;
}

/** Copies of a delivery that came after the first. */
interface DuplicateTable {
  seq: Generated<number>;
  event: EventId;
  received_at: number;
  conflict: number;
}

export interface RunTable {
  id: RunId;
  event: EventId;
  rule: string;
  pool: string;
  /** Its concurrency group, if any. */
  group_name: string | null;
  /** The patch whose next push voids what was approved, if any. */
  approval_of: string | null;
  state: RunStatus['state'];
  queued_at: number;
  rerun_of: RunId | null;
  attempt: number;
  version: number;
  plan: string;
  status: string;
}

interface AttemptTable {
  run: RunId;
  attempt: number;
  agent: string;
  started_at: number;
  finished_at: number | null;
  outcome: string | null;
}

/** How many bytes the logs of finished runs have; a log that was forgotten has no row. */
interface LogSizeTable {
  run: RunId;
  bytes: number;
}

/** Until when logs are kept whose rules say so themselves. */
interface LogUntilTable {
  run: RunId;
  until: number;
}

/** Whole logs of finished runs that are too short for files of their own. */
interface ShortLogTable {
  run: RunId;
  /** What was printed. */
  bytes: Uint8Array;
  /** The index of its chunks, as in an index file. */
  chunks: Uint8Array;
}

/** How far a log has come that is kept in parts; who adds to it moves the end it has seen, or finds it moved. */
interface LogEndTable {
  run: RunId;
  /** Of its index. */
  entries: number;
  /** The last of them. */
  last: Uint8Array;
}

/** What was appended last, in the order of entries: not in an object yet. */
export interface LogTailTable {
  run: RunId;
  /** The number of its first one. */
  entry: number;
  /** The line after its last. */
  until_seq: number;
  /** Of `bytes`. */
  size: number;
  bytes: Uint8Array;
  /** The index of its chunks, as in an index file. */
  chunks: Uint8Array;
}

/** An object that holds a part of a log: what was printed, and behind it the index of its chunks. */
export interface LogObjectTable {
  run: RunId;
  entry: number;
  until_seq: number;
  /** Where in the log it begins. */
  start: number;
  size: number;
  index_size: number;
  key: string;
}

/**
 * What became of a run's reports. It outlives the outbox entries: a late report of an older run finds here that the
 * subject belongs to a younger one.
 */
interface ReportTable {
  run: RunId;
  reporter: string;
  subject: string;
  state: ReportState['state'];
  tries: number;
  error: string | null;
  next_try_at: number | null;
  sent_at: number | null;
}

/** What is still to be sent, one row per key. */
interface OutboxTable {
  seq: Generated<number>;
  key: string;
  kind: 'ticket' | 'report';
  version: number;
  /** Nobody takes it before this time; 0 is at once. */
  due_at: number;
  /** 1 while somebody sends it: until `due_at`, then it may be taken again. */
  taken: number;
  tries: number;
  /** The `Ticket` or the `Report`. */
  data: string;
}

/** Numbered in the order of commits. */
interface FeedTable {
  id: Generated<number>;
  at: number;
  item: string;
}

interface RefusalTable {
  seq: Generated<number>;
  /** The `RefusedDelivery`. */
  data: string;
}

/** How far a stream source has been read. */
interface PositionTable {
  source: string;
  position: string;
}

interface TokenTable {
  name: string;
  hash: string;
  created_at: number;
  last_used_at: number | null;
}

/** The pipelines of events, each under its name; an event that repeats one has no row of its own. */
export interface PipelineTable {
  knot: string;
  rkey: string;
  event: EventId;
  /** As `pipelineRepo` names it. */
  repo: string;
  commit_sha: string;
  kind: PipelineTrigger['kind'];
}

/** Which runs a workflow of a pipeline has had. */
export interface WorkflowRunTable {
  knot: string;
  rkey: string;
  workflow: string;
  run: RunId;
}

export interface AnnouncementTable {
  /** Nanoseconds as 19 digits, so that text sorts as numbers do: more than a number of JavaScript can hold. */
  created: string;
  cause: string;
  nsid: string;
  rkey: string;
  /** JSON. */
  record: string;
}

/** What a repository's people have left here for its workflows. */
export interface RepoSecretTable {
  /** As `pipelineRepo` names it. */
  repo: string;
  key: string;
  /** The value, sealed, in base 64. */
  sealed: string;
  created_at: number;
  created_by: string;
}

/** A control plane that uses the database. */
interface PlaneTable {
  name: string;
  /** Where it keeps logs: all of them have to keep them in one place. */
  logs: string;
  seen_at: number;
}

/** Where nothing new starts, until somebody takes it back. */
export interface HoldTable {
  kind: HoldOn['kind'];
  /** Empty where the kind has one place alone. */
  name: string;
  by_whom: string;
  at: number;
  reason: string | null;
}

/** Who is signed in, and the links that sign in. */
export interface SessionTable {
  kind: Session['kind'];
  hash: string;
  token: string;
  expires_at: number;
}

/** Service tokens that are good for nothing any more, though they have not expired. */
export interface UsedTokenTable {
  issuer: string;
  hash: string;
  expires_at: number;
}
