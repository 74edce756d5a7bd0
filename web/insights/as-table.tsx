import type { VNode } from 'preact';

/** A table that is shown when asked for. It scrolls, so keys must be able to reach it. */
export function AsTable(props: {
  readonly summary: string;
  /** What it holds, for who only hears it. */
  readonly name: string;
  readonly children: VNode;
}): VNode {
  return (
    <details class="chart-table">
      <summary>{props.summary}</summary>
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls has to be reached by keys */}
      <section class="chart-scroll" aria-label={props.name} tabIndex={0}>
        {props.children}
      </section>
    </details>
  );
}
