import type { ComponentChildren, VNode } from 'preact';
import { to } from '../route.ts';
import type { Point } from './points.ts';

/** What is drawn of a run leads to it, for whoever points at it. Nothing in a picture has the focus: keys and ears have the table. */
export function PointLink(props: {
  readonly of: Point;
  readonly words: string;
  readonly children: ComponentChildren;
}): VNode {
  const { of, words, children } = props;
  return (
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-static-element-interactions -- see above
    <g class="chart-point" onClick={() => void (location.hash = to.run(of.run))}>
      <title>{`${of.rule}: ${words}`}</title>
      {children}
    </g>
  );
}
