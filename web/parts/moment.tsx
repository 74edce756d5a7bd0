import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useBox } from '../box.ts';
import { ago, exact } from '../format.ts';
import { useView } from '../state.ts';

/** A point in time: how long ago, and exactly for those who point at it. */
export function Moment({ at }: { readonly at: string }): VNode {
  const view = useCallback((now: number) => ago(at, now), [at]);
  return (
    <time dateTime={at} title={exact(at)}>
      {useView(useBox().now, view)}
    </time>
  );
}
