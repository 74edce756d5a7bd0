import type { VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { exact } from '../format.ts';
import { to } from '../route.ts';
import type { LogLine } from '../wire.ts';
import { spans } from './ansi.ts';

/** Lines of one block: enough to make blocks few, few enough to draw one quickly. */
const blockLines = 200;

/** Numbered blocks that begin at fixed lines, so that those in the middle stay the same when the window moves. */
export function blocksOf(lines: readonly LogLine[]): readonly (readonly [number, readonly LogLine[]])[] {
  return [...Map.groupBy(lines, ({ seq }) => Math.floor((seq - 1) / blockLines))];
}

/** Lines that are drawn together, and not again while none of them changes. */
export function LogBlock(props: {
  readonly run: string;
  readonly lines: readonly LogLine[];
  readonly marked: number | null;
}): VNode {
  const { run, lines } = props;
  const marked = lines.some(({ seq }) => seq === props.marked) ? props.marked : null;
  return useMemo(
    () => (
      <div class="log-block">
        {lines.map(line => (
          <Line key={line.seq} run={run} line={line} marked={line.seq === marked} />
        ))}
      </div>
    ),
    // A line never changes, so its number says it all.
    [run, lines[0]?.seq, lines.at(-1)?.seq, marked],
  );
}

function Line(props: { readonly run: string; readonly line: LogLine; readonly marked: boolean }): VNode {
  const { seq, at, stream, text } = props.line;
  return (
    <div class={`log-line log-${stream}${props.marked ? ' log-marked' : ''}`} data-seq={seq}>
      <a class="log-number" href={to.line(props.run, seq)} title={exact(at)} aria-label={`Line ${seq}`}>
        {seq}
      </a>
      <span class="log-text">
        {spans(text).map(({ text, classes }) =>
          classes === '' ? text : <span class={classes}>{text}</span>,
        )}
      </span>
    </div>
  );
}
