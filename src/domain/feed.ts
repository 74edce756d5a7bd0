import type { HoldOn } from './hold.ts';
import type { EventId, RunId } from './id.ts';
import type { Outcome, RunStatus } from './run.ts';

/** What readers of the feed hear: every admitted event, every change of a run, every hold that begins or ends, numbered in the order of commits. */
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
    }
  /** Something is paused or drained, or is not any more. */
  | { readonly type: 'hold'; readonly on: HoldOn; readonly isHeld: boolean; readonly by: string };
