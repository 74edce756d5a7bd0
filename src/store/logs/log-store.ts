import type { RunId } from '../../domain/id.ts';
import type { LogChunk, LogLine } from '../../domain/log.ts';
import type { ShortLog } from './short-log.ts';

/** What is to be stored with the end of a run: its log when that is short; otherwise it is kept already, so long, or in parts. */
export type EndedLog =
  | { readonly kind: 'short'; readonly log: ShortLog }
  | { readonly kind: 'long'; readonly bytes: number }
  | { readonly kind: 'in parts' };

/** The logs of all runs, as the store's contract promises them. */
export interface LogStore extends AsyncDisposable {
  append(run: RunId, chunk: LogChunk): Promise<void>;
  /** Has the end of a run stored, with its log or after its log is kept; `store` tells whether that was the end. */
  end<Result extends { readonly isEnd: boolean }>(
    run: RunId,
    store: (log: EndedLog) => Promise<Result>,
  ): Promise<Result>;
  lines(run: RunId, after: number, limit: number): Promise<readonly LogLine[]>;
  /** The number of the last line; 0 when there is none. */
  last(run: RunId): Promise<number>;
  raw(run: RunId): AsyncIterable<Uint8Array>;
  output(run: RunId, after: number): AsyncIterable<Uint8Array>;
  forget(run: RunId): Promise<void>;
}
