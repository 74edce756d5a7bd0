import type { ComponentChildren, VNode } from 'preact';
import { AsTable } from './as-table.tsx';
import type { Scale } from './scale.ts';
import './chart.css';

/** Every chart is drawn at this size, and grows with the page. */
export const chart = { width: 560, height: 180, left: 76, right: 6, top: 14, bottom: 26 } as const;

/** From the left edge, of the n-th of so many places. */
export function placeX(n: number, of: number): number {
  return chart.left + ((n + 0.5) * (chart.width - chart.left - chart.right)) / Math.max(1, of);
}

export function placeY(value: number, { top }: Scale): number {
  const room = chart.height - chart.top - chart.bottom;
  return chart.top + room * (1 - Math.min(1, value / top));
}

/** A figure with its title, its summary in words, its drawing, and the same as a table for whoever does not see it. */
export function Chart(props: {
  readonly title: string;
  /** What the drawing shows, in a sentence. */
  readonly words: ComponentChildren;
  readonly scale: Scale;
  readonly label: (tick: number) => string;
  /** Below the drawing, at its left and right end. */
  readonly ends: readonly [string, string];
  readonly children: ComponentChildren;
  readonly table: VNode;
}): VNode {
  const { scale, ends } = props;
  return (
    <section class="chart panel">
      <h2>{props.title}</h2>
      <p class="soft small">{props.words}</p>
      <svg viewBox={`0 0 ${chart.width} ${chart.height}`} role="img" aria-label={props.title}>
        {scale.ticks.map(tick => (
          <g key={tick} class="chart-tick">
            <path d={`M${chart.left} ${placeY(tick, scale)}H${chart.width - chart.right}`} />
            <text x={chart.left - 8} y={placeY(tick, scale) + 4} text-anchor="end">
              {tick === 0 ? 0 : props.label(tick)}
            </text>
          </g>
        ))}
        <g class="chart-tick">
          <text x={chart.left} y={chart.height - 5}>
            {ends[0]}
          </text>
          <text x={chart.width - chart.right} y={chart.height - 5} text-anchor="end">
            {ends[1]}
          </text>
        </g>
        {props.children}
      </svg>
      <AsTable summary="As a table" name={`${props.title}: table`}>
        {props.table}
      </AsTable>
    </section>
  );
}
