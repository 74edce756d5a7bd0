import type { EventId, RunId } from './id.ts';
import type { Outcome, RunStatus } from './run.ts';

/** What readers of the feed hear: every admitted event and every change of a run, numbered in the order of commits. */
export type FeedItem = FeedNews & { readonly id: number; readonly at: number };

export type FeedNews =
  | { readonly type: 'event'; readonly event: EventId; readonly duplicate: boolean }
  | {
      readonly type: 'run';
      readonly run: RunId;
      readonly event: EventId;
      readonly rule: string;
      readonly state: RunStatus['state'];
      readonly outcome: Outcome | null;
      readonly attempt: number;
    };
