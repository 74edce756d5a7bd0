import type { Event } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { PipelineFacts, PipelineTrigger, WorkflowRef } from '../domain/pipeline.ts';
import type { Run } from '../domain/run.ts';
import type { Page, Paged } from './store.ts';

/** An event's pipeline, with what became of its workflows. */
export interface StoredPipeline {
  /** The first event that brought it; its `pipeline` is not null. */
  readonly event: Event;
  /** For each workflow its youngest run: one that was repeated stands for those before. */
  readonly runs: readonly Run[];
}

export interface PipelineFilter {
  /** As `pipelineRepo` names it. */
  readonly repo: string;
  /** Null: all. Otherwise the youngest pipeline of each of these commits, and no other. */
  readonly commits: readonly string[] | null;
  /** Null: all. */
  readonly kinds: readonly PipelineTrigger['kind'][] | null;
}

/** A record that the spindle is to announce. */
export interface NewAnnouncement {
  /** What makes it: of the same cause one record is announced, and no second one. */
  readonly cause: string;
  readonly nsid: string;
  /** Null: a TID of its own. */
  readonly rkey: string | null;
  readonly record: Readonly<Record<string, Json>>;
}

/** A record that was announced. */
export interface Announcement {
  /**
   * Nanoseconds since 1970, strictly greater than that of every record before, whatever the clock says: the record's
   * place in the stream. It fits into 63 bits.
   */
  readonly created: bigint;
  readonly rkey: string;
  readonly nsid: string;
  /** JSON, as it is stored: whoever sends it on makes sure that it still is. */
  readonly record: string;
}

/** What a store keeps of pipelines, and of what is announced of them. */
export interface PipelineStore {
  /** The youngest run of a workflow: reruns and repeated events count as it. */
  workflowRun(workflow: WorkflowRef): Promise<Run | undefined>;
  /** By its name; where no knot is given, the first that had that rkey: whoever repeats it takes no place. */
  pipeline(
    name: Pick<PipelineFacts, 'rkey'> & { readonly knot: string | null },
  ): Promise<StoredPipeline | undefined>;
  /** `total` counts the page's own items and all behind it. */
  pipelines(filter: PipelineFilter, page: Page): Promise<Paged<StoredPipeline> & { readonly total: number }>;
  /** Adds records in their order and moves on who makes them, both or neither. Returns how many were new. */
  announce(
    records: readonly NewAnnouncement[],
    position: { readonly source: string; readonly position: Json },
  ): Promise<number>;
  /** Records after a place in the stream, oldest first. */
  announcements(after: bigint, limit: number): Promise<readonly Announcement[]>;
  /** The place of the newest record; 0 when there is none. */
  announcementsEnd(): Promise<bigint>;
  /** Forgets records that were announced before, oldest first, at most `limit`; returns how many. The last one stays. */
  forgetAnnouncements(before: number, limit: number): Promise<number>;
}
