import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { FeedItem } from '../domain/feed.ts';
import type { RunId } from '../domain/id.ts';
import type { LogLine } from '../domain/log.ts';
import type { RunStatus } from '../domain/run.ts';
import { createBell } from './bell.ts';

/** Read per look: one page of the store. A reader that is slow reads later, nothing is held for it. */
const batch = 500;
const logBatch = 2_000;
/** Hints may be lost: readers look by themselves this often. */
const lookMs = 2_000;

export interface FollowNeeds {
  readonly store: Pick<Store, 'feed' | 'log' | 'run'>;
  readonly control: Pick<ControlEnd, 'onHint'>;
  readonly clock: Clock;
}

/** All feed items after a cursor: old ones, then live, without gap or duplicate, until the signal (then it just ends). */
export async function* feed(
  needs: FollowNeeds,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<readonly FeedItem[]> {
  using bell = createBell(needs, 'feed');
  let cursor = after;
  while (!signal.aborted) {
    const items = await needs.store.feed(cursor, batch);
    const last = items.at(-1);
    if (last !== undefined) {
      cursor = last.id;
      yield items;
    } else if (!(await waited(bell.wait(lookMs, signal), signal))) return;
  }
}

/** What a reader of a log gets: lines, and in the end how the run ended. */
export type LogNews =
  | { readonly kind: 'lines'; readonly lines: readonly LogLine[] }
  | { readonly kind: 'end'; readonly status: Extract<RunStatus, { state: 'finished' }> };

/** All lines of a run's log after a line number: old ones, then live, then `end`. Ends early when aborted or when there is no such run. */
export async function* followLog(
  needs: FollowNeeds,
  run: RunId,
  after: number,
  signal: AbortSignal,
): AsyncGenerator<LogNews> {
  using bell = createBell(needs, `log:${run}`);
  let cursor = after;
  while (!signal.aborted) {
    // The state first: what a finished run logged is complete, so an empty page after it is the end.
    const found = await needs.store.run(run);
    if (found === undefined) return;
    const lines = await needs.store.log(run, cursor, logBatch);
    const last = lines.at(-1);
    if (last !== undefined) {
      cursor = last.seq;
      yield { kind: 'lines', lines };
    } else if (found.run.status.state === 'finished') {
      yield { kind: 'end', status: found.run.status };
      return;
    } else if (!(await waited(bell.wait(lookMs, signal), signal))) return;
  }
}

async function waited(wait: Promise<void>, signal: AbortSignal): Promise<boolean> {
  try {
    await wait;
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
