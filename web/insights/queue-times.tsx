import type { VNode } from 'preact';
import { median } from '../../src/domain/durations.ts';
import { exact, shortSpan, span } from '../format.ts';
import { Chart, chart, placeX, placeY } from './chart.tsx';
import { endsOf } from './durations.tsx';
import { PointLink } from './point-link.tsx';
import type { Point } from './points.ts';
import { timeScale } from './scale.ts';
import { Table } from './table.tsx';

/** How long each run waited before it began. */
export function QueueTimes({ points }: { readonly points: readonly Point[] }): VNode {
  const waits = points.map(({ queuedMs }) => queuedMs);
  const most = Math.max(0, ...waits);
  const scale = timeScale(Math.max(1, most));
  const width = Math.max(1, (chart.width - chart.left - chart.right) / points.length - 1);
  return (
    <Chart
      title="Time in the queue"
      words={`Half of the runs began within ${span(median(waits) ?? 0)}, all within ${span(most)}.`}
      scale={scale}
      label={shortSpan}
      ends={endsOf(points)}
      table={
        <Table
          heads={['Queued', 'Rule', 'Waited']}
          rows={points.toReversed().map(point => [exact(point.queuedAt), point.rule, span(point.queuedMs)])}
        />
      }
    >
      {points.map((point, n) => {
        const y = placeY(point.queuedMs, scale);
        return (
          <PointLink key={point.run} of={point} words={`waited ${span(point.queuedMs)}`}>
            <rect
              class="chart-wait"
              x={placeX(n, points.length) - width / 2}
              y={y}
              width={width}
              height={Math.max(0, placeY(0, scale) - y)}
            />
          </PointLink>
        );
      })}
    </Chart>
  );
}
