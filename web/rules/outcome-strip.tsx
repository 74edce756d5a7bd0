import type { VNode } from 'preact';
import { count } from '../format.ts';
import { type Aspect, aspectOf } from '../parts/aspect.ts';
import { standingWord } from '../parts/standing.ts';
import type { Standing } from '../wire.ts';
import './outcome-strip.css';

/** Bars are told apart by their height as well as by their colour: what failed stands out. */
const heights: Readonly<Record<Aspect, number>> = {
  proceed: 9,
  stop: 18,
  fault: 18,
  caution: 13,
  waiting: 5,
  held: 5,
  dark: 5,
  none: 5,
};
const places = 20;
const stepPx = 6;

/** The latest runs of a rule, the newest at the right. `runs`: the newest first. */
export function OutcomeStrip({ runs }: { readonly runs: readonly Standing[] }): VNode {
  const shown = runs.slice(0, places).toReversed();
  const counted = Object.entries(Object.groupBy(shown, standingWord));
  const words = counted.map(([word, its]) => `${its?.length ?? 0} ${word}`).join(', ');
  return (
    <svg
      class="outcome-strip"
      viewBox={`0 0 ${places * stepPx} 20`}
      role="img"
      aria-label={shown.length === 0 ? 'has not run yet' : `latest ${count(shown.length, 'run')}: ${words}`}
    >
      <path class="outcome-strip-ground" d={`M0 19.5h${places * stepPx}`} />
      {shown.map((standing, n) => {
        const aspect = aspectOf(standing);
        const height = heights[aspect];
        return (
          <rect
            key={n}
            class={`outcome-${aspect}`}
            x={(places - shown.length + n) * stepPx + 1}
            y={19 - height}
            width={stepPx - 2}
            height={height}
            rx="1"
          />
        );
      })}
    </svg>
  );
}
