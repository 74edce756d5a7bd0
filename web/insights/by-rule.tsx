import type { VNode } from 'preact';
import { hasFailed } from '../../src/domain/has-failed.ts';
import { percent, span } from '../format.ts';
import { to } from '../route.ts';
import { medianOf, type Point, passRate } from './points.ts';
import { Table } from './table.tsx';

/** Which rules fail, and which take long: those that failed most stand first. */
export function ByRule({ points }: { readonly points: readonly Point[] }): VNode {
  const rows = Object.entries(Object.groupBy(points, ({ rule }) => rule))
    .map(([rule, its = []]) => ({
      rule,
      runs: its.length,
      failed: its.filter(point => hasFailed(point) === true).length,
      rate: passRate(its),
      median: medianOf(its),
    }))
    .toSorted((a, b) => b.failed - a.failed || b.runs - a.runs);
  return (
    <section class="chart panel">
      <h2>By rule</h2>
      <p class="soft small">Of the same runs, those that failed most first.</p>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
      <section class="chart-scroll" aria-label="Rules and their runs" tabIndex={0}>
        <Table
          heads={['Rule', 'Runs', 'Failed', 'Passed', 'Median']}
          rows={rows.map(({ rule, runs, failed, rate, median }) => [
            <a key="rule" href={to.insightsWith({ rule })}>
              <bdi>{rule}</bdi>
            </a>,
            runs,
            failed,
            rate === null ? '–' : percent(rate),
            median === null ? '–' : span(median),
          ])}
        />
      </section>
    </section>
  );
}
