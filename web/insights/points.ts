import { median } from '../../src/domain/durations.ts';
import { hasFailed } from '../../src/domain/has-failed.ts';
import type { Outcome } from '../../src/domain/run.ts';
import type { RunSummary } from '../wire.ts';

/** A run that has ended, in the figures that charts show. */
export interface Point {
  readonly run: string;
  readonly rule: string;
  readonly outcome: Outcome;
  readonly queuedAt: string;
  readonly queuedMs: number;
  readonly tookMs: number;
}

/** Those that ran at all and ended, the oldest first. */
export function pointsOf(runs: readonly RunSummary[]): readonly Point[] {
  return runs
    .flatMap(({ id, rule, outcome, queuedAt, startedAt, finishedAt }) =>
      outcome === null || startedAt === null || finishedAt === null
        ? []
        : [
            {
              run: id,
              rule,
              outcome,
              queuedAt,
              queuedMs: Math.max(0, Date.parse(startedAt) - Date.parse(queuedAt)),
              tookMs: Math.max(0, Date.parse(finishedAt) - Date.parse(startedAt)),
            },
          ],
    )
    .toReversed();
}

/** The median of what came to an end of its own. */
export function medianOf(points: readonly Point[]): number | null {
  return median(
    points.flatMap(({ outcome, tookMs }) => (outcome === 'success' || outcome === 'failure' ? [tookMs] : [])),
  );
}

/** How many of those that say something succeeded; null when none does. */
export function passRate(points: readonly Point[]): number | null {
  const said = points.flatMap(point => hasFailed(point) ?? []);
  return said.length === 0 ? null : said.filter(failed => !failed).length / said.length;
}
