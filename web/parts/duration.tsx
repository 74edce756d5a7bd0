import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useBox } from '../box.ts';
import { span, took } from '../format.ts';
import { useView, useWatched } from '../state.ts';
import './duration.css';

/** Longer than this many medians stands out. */
const longFactor = 1.5;

/** How long a run took, or has taken so far, beside what runs of its rule usually take. */
export function Duration(props: {
  readonly rule: string;
  readonly from: string;
  readonly to: string | null;
}): VNode {
  const { now, medians } = useBox();
  const seen = useView(
    now,
    useCallback((now: number) => (props.to === null ? now : Date.parse(props.to)), [props.to]),
  );
  const median = useWatched(medians.of(props.rule));
  const ms = Math.max(0, seen - Date.parse(props.from));
  // Of what takes no time nobody asks whether it took long.
  const usual = median === null || median < 1_000 ? null : median;
  return (
    <span class="duration" title={usual === null ? undefined : `usually ${span(usual)}`}>
      {took(props.from, seen)}
      {usual !== null && (
        <svg
          class={`duration-bar${ms > usual * longFactor ? ' duration-long' : ''}`}
          viewBox="0 0 64 6"
          role="img"
          aria-label={`usually ${span(usual)}`}
        >
          <rect class="duration-track" width="64" height="6" rx="3" />
          <rect class="duration-fill" width={Math.max(4, 32 * Math.min(2, ms / usual))} height="6" rx="3" />
          <path class="duration-median" d="M32 -2v10" />
        </svg>
      )}
    </span>
  );
}
