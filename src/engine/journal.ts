import type { Delivery } from '../domain/delivery.ts';
import type { Event } from '../domain/event.ts';
import type { Hold } from '../domain/hold.ts';
import type { EventId, RunId } from '../domain/id.ts';
import type { Run } from '../domain/run.ts';
import type { Verdict } from '../domain/verdict.ts';

/** What the house says about itself: one wide line per fact. Logs and metrics are both made from these. */
export type Note =
  | {
      readonly kind: 'event.admitted';
      readonly event: Event;
      readonly verdicts: readonly Verdict[];
      readonly runs: readonly RunId[];
      readonly tookMs: number;
    }
  | {
      readonly kind: 'event.duplicate';
      readonly source: string;
      readonly event: EventId;
      readonly conflict: boolean;
    }
  | {
      readonly kind: 'delivery.refused';
      readonly delivery: Omit<Delivery, 'body'>;
      readonly status: number;
      readonly reason: string;
    }
  | { readonly kind: 'run.started'; readonly run: Run }
  | { readonly kind: 'run.finished'; readonly run: Run }
  | { readonly kind: 'run.lost'; readonly run: Run; readonly reason: string }
  | {
      readonly kind: 'report.told';
      readonly reporter: string;
      readonly run: RunId;
      readonly result: 'sent' | 'postponed' | 'given up';
      readonly error: string | null;
    }
  /** A reader of announcements named no place in them, and gets all. */
  | { readonly kind: 'cursor.unreadable'; readonly cursor: string }
  /** What is stored of an announcement is damaged: readers do not get it. */
  | { readonly kind: 'announcement.skipped'; readonly created: bigint; readonly rkey: string }
  /** Somebody has paused or drained something. */
  | { readonly kind: 'hold.begun'; readonly hold: Hold }
  /** Somebody has taken that back. */
  | { readonly kind: 'hold.ended'; readonly hold: Hold; readonly by: string }
  | { readonly kind: 'config.reloaded'; readonly needsRestart: readonly string[] }
  | { readonly kind: 'config.refused'; readonly error: string }
  | { readonly kind: 'trouble'; readonly where: string; readonly error: unknown };

export interface Journal {
  note(note: Note): void;
}
