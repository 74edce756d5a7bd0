import type { VNode } from 'preact';
import { hasFailed } from '../../src/domain/has-failed.ts';
import { count, percent } from '../format.ts';
import { to } from '../route.ts';
import { AsTable } from './as-table.tsx';
import { PointLink } from './point-link.tsx';
import { type Point, passRate } from './points.ts';
import { Table } from './table.tsx';
import './pass-rate.css';

const width = 720;
const height = 28;

/** Each run as a stripe: green where it succeeded, red and full where it failed, low where somebody ended it. */
export function PassRate({ points }: { readonly points: readonly Point[] }): VNode {
  const rate = passRate(points);
  const step = width / Math.max(1, points.length);
  const failed = points.filter(point => hasFailed(point) === true);
  const said = points.filter(point => hasFailed(point) !== null).length;
  const words =
    rate === null
      ? 'No run says anything about it.'
      : `${percent(rate)} of ${count(said, 'run')} that ended by themselves succeeded; ${failed.length} failed.`;
  return (
    <section class="chart pass-rate panel">
      <h2>Pass rate</h2>
      <p class="soft small">{words}</p>
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" role="img" aria-label={words}>
        {points.map((point, n) => {
          const state = hasFailed(point);
          const tall = state === null ? 6 : state ? height : height - 10;
          return (
            <PointLink key={point.run} of={point} words={point.outcome}>
              <rect
                class={state === null ? 'chart-none' : state ? 'chart-fail-area' : 'chart-pass'}
                x={n * step}
                y={height - tall}
                width={Math.max(0.5, step - Math.min(2, step / 4))}
                height={tall}
              />
            </PointLink>
          );
        })}
      </svg>
      {failed.length > 0 && (
        <AsTable summary="Those that failed" name="Runs that failed">
          <Table
            heads={['Run', 'Outcome']}
            rows={failed.toReversed().map(({ run, rule, outcome }) => [
              <a key="run" href={to.run(run)}>
                {rule}
              </a>,
              outcome,
            ])}
          />
        </AsTable>
      )}
    </section>
  );
}
