import type { FeedItem } from '../../src/domain/feed.ts';

/** When the server was killed, and when its next life began. */
export interface Interruption {
  readonly killedAt: number;
  readonly startedAt: number;
}

/**
 * How long it took, from the start of each next life, until every run that was under way at the kill was under way again
 * or over. A run whose turn had not come before the next kill is counted from the latest start.
 */
export function recoveries(
  feed: readonly FeedItem[],
  interruptions: readonly Interruption[],
): readonly number[] {
  const byRun = Map.groupBy(
    feed.filter(item => item.type === 'run'),
    item => item.run,
  );
  return interruptions.flatMap(({ killedAt, startedAt }, index) => {
    const until = interruptions[index + 1]?.killedAt ?? Number.POSITIVE_INFINITY;
    const took = [...byRun.values()].flatMap(items => {
      const last = items.findLast(({ at }) => at <= killedAt);
      if (last?.state !== 'running') return [];
      const next = items.find(
        ({ at, state, attempt }) =>
          at > killedAt &&
          at <= until &&
          (state === 'finished' || (state === 'running' && attempt > last.attempt)),
      );
      return next === undefined ? [] : [next.at - startedAt];
    });
    return took.length === 0 ? [] : [Math.max(...took)];
  });
}
