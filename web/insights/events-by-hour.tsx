import type { VNode } from 'preact';
import { dayTime } from '../format.ts';
import type { EventInsights } from '../wire.ts';
import { Chart, chart, placeX, placeY } from './chart.tsx';
import { countScale } from './scale.ts';
import { Table } from './table.tsx';

/** From the foot of a bar to its top: what most needs to be seen lies lowest, where it always begins. */
const layers = [
  { key: 'error', name: 'error', look: 'chart-fail-area' },
  { key: 'blocked', name: 'blocked', look: 'chart-held' },
  { key: 'matched', name: 'matched', look: 'chart-pass' },
  { key: 'notMatched', name: 'not matched', look: 'chart-none' },
] as const;

/** How many events came in each hour, each counted by the weightiest verdict of its rules. */
export function EventsByHour({ insights }: { readonly insights: EventInsights }): VNode {
  const { hours } = insights;
  const totals = hours.map(hour => layers.reduce((sum, { key }) => sum + hour[key], 0));
  const scale = countScale(Math.max(1, ...totals));
  const width = Math.max(1, (chart.width - chart.left - chart.right) / Math.max(1, hours.length) - 2);
  const [first, last] = [hours[0], hours.at(-1)];
  return (
    <Chart
      title="Events per hour"
      words={
        <>
          Each by the verdict of its rules that most needs to be seen.
          <Legend />
        </>
      }
      scale={scale}
      label={String}
      ends={[first === undefined ? '' : dayTime(first.at), last === undefined ? '' : dayTime(last.at)]}
      table={
        <Table
          heads={['Hour', ...layers.map(({ name }) => name)]}
          rows={hours.toReversed().map(hour => [dayTime(hour.at), ...layers.map(({ key }) => hour[key])])}
        />
      }
    >
      {hours.map((hour, n) => {
        let below = 0;
        return layers.map(({ key, look }) => {
          const y = placeY(below + hour[key], scale);
          const height = placeY(below, scale) - y;
          below += hour[key];
          return height === 0 ? null : (
            <rect
              key={`${hour.at} ${key}`}
              class={look}
              x={placeX(n, hours.length) - width / 2}
              y={y}
              width={width}
              height={height}
            />
          );
        });
      })}
    </Chart>
  );
}

function Legend(): VNode {
  return (
    <span class="legend">
      {layers.map(({ key, name, look }) => (
        <span key={key} class="legend-item">
          <svg viewBox="0 0 12 12" aria-hidden="true">
            <rect class={look} width="12" height="12" rx="2" />
          </svg>
          {name}
        </span>
      ))}
    </span>
  );
}
