import type { VNode } from 'preact';
import { hasFailed } from '../../src/domain/has-failed.ts';
import { exact, shortSpan, span } from '../format.ts';
import { to } from '../route.ts';
import { Chart, chart, placeX, placeY } from './chart.tsx';
import { PointLink } from './point-link.tsx';
import { medianOf, type Point } from './points.ts';
import { timeScale } from './scale.ts';
import { Table } from './table.tsx';

/** How long each run took: a dot for each, a cross where it failed, and a line where the median is. */
export function Durations({ points }: { readonly points: readonly Point[] }): VNode {
  const median = medianOf(points);
  const scale = timeScale(Math.max(1, ...points.map(({ tookMs }) => tookMs)));
  const mark = (point: Point, n: number): VNode => {
    const x = placeX(n, points.length);
    const y = placeY(point.tookMs, scale);
    return hasFailed(point) === true ? (
      <path class="chart-fail" d={`M${x - 3.5} ${y - 3.5}l7 7m0 -7l-7 7`} />
    ) : (
      <circle class={point.outcome === 'success' ? 'chart-pass' : 'chart-none'} cx={x} cy={y} r="3" />
    );
  };
  return (
    <Chart
      title="Durations"
      words={
        median === null
          ? 'No run came to an end of its own.'
          : `The median is ${span(median)}: the dashed line. Crosses failed.`
      }
      scale={scale}
      label={shortSpan}
      ends={endsOf(points)}
      table={
        <Table
          heads={['Run', 'Outcome', 'Took', 'Waited', 'Queued']}
          rows={points.toReversed().map(point => [
            <a key="run" href={to.run(point.run)}>
              {point.rule}
            </a>,
            point.outcome,
            span(point.tookMs),
            span(point.queuedMs),
            exact(point.queuedAt),
          ])}
        />
      }
    >
      {median !== null && (
        <path
          class="chart-median"
          d={`M${chart.left} ${placeY(median, scale)}H${chart.width - chart.right}`}
        />
      )}
      {points.map((point, n) => (
        <PointLink key={point.run} of={point} words={`${point.outcome} after ${span(point.tookMs)}`}>
          {mark(point, n)}
        </PointLink>
      ))}
    </Chart>
  );
}

/** When the first and the last of them were queued. */
export function endsOf(points: readonly Point[]): readonly [string, string] {
  const [first, last] = [points[0], points.at(-1)];
  return [first === undefined ? '' : exact(first.queuedAt), last === undefined ? '' : exact(last.queuedAt)];
}
