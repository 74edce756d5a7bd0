import type { ComponentChildren, VNode } from 'preact';
import { useMemo } from 'preact/hooks';
import { exact, took } from '../format.ts';
import { type LineRange, parseRoute, to } from '../route.ts';
import type { LogLine as Line } from '../wire.ts';
import { annotationOf } from './annotation.ts';
import { spans } from './ansi.ts';
import { highlighted } from './highlight.ts';
import { ownWords } from './own-words.ts';
import type { LogSettings } from './settings.ts';

/** What all lines of a log have in common. */
export interface LineStyle {
  readonly run: string;
  readonly times: LogSettings['times'];
  /** When the run began: elapsed times are counted from there. */
  readonly startedAt: string | null;
  /** What was searched for; empty when nothing was. */
  readonly found: string;
  readonly marked: LineRange | null;
  /** Where the search stands. */
  readonly current: number | null;
}

/** A line of a log; without its text while that is on its way. */
export function LogLine(props: {
  readonly number: number;
  readonly line: Line | undefined;
  readonly style: LineStyle;
  /** What stands in place of its text, if anything: the title of a section. */
  readonly children: ComponentChildren;
}): VNode {
  const { number, line, style, children } = props;
  const { marked, run } = style;
  const isCurrent = number === style.current;
  const isMarked = marked !== null && number >= marked.first && number <= marked.last;
  const onClick = (event: MouseEvent): void => {
    if (!event.shiftKey) return;
    event.preventDefault();
    // What was marked a moment ago stands in the address before it is drawn.
    const route = parseRoute(location.hash);
    const from = (route.page === 'run' ? route.lines?.first : undefined) ?? number;
    location.hash = to.lines(run, { first: Math.min(from, number), last: Math.max(from, number) });
  };
  return (
    <div
      class={`log-line log-${line?.stream ?? 'coming'}${isMarked ? ' log-marked' : ''}${isCurrent ? ' log-current' : ''}`}
      data-seq={number}
    >
      <a
        class="log-number"
        href={to.lines(run, { first: number, last: number })}
        title={line && exact(line.at)}
        aria-label={`Line ${number}`}
        tabIndex={-1}
        onClick={onClick}
      >
        {number}
      </a>
      {style.times !== 'none' && <span class="log-time">{line && timeOf(line, style)}</span>}
      {children || <span class="log-text">{line && <Text text={wordsOf(line)} found={style.found} />}</span>}
    </div>
  );
}

function Text({ text, found }: { readonly text: string; readonly found: string }): VNode {
  return useMemo(() => {
    const annotation = annotationOf(text);
    if (annotation === null) return <Pieces text={text} found={found} />;
    const { level, place } = annotation;
    return (
      <span class={`log-annotation log-annotation-${level}`}>
        <b>{level}</b> <Pieces text={annotation.text} found={found} />
        {place !== '' && (
          <span class="log-place">
            <Pieces text={place} found={found} />
          </span>
        )}
      </span>
    );
  }, [text, found]);
}

function Pieces({ text, found }: { readonly text: string; readonly found: string }): VNode {
  return (
    <>
      {highlighted(spans(text), found).map(({ text, classes, href, isFound }) => {
        const content = isFound ? <mark>{text}</mark> : text;
        const shown = classes === '' ? content : <span class={classes}>{content}</span>;
        return href === null ? (
          shown
        ) : (
          <a href={href} title={href} target="_blank" rel="noopener noreferrer">
            {shown}
          </a>
        );
      })}
    </>
  );
}

const wordsOf = ({ stream, text }: Line): string => (stream === 'system' ? ownWords(text) : text);

function timeOf({ at }: Line, { times, startedAt }: LineStyle): string {
  return times === 'elapsed' && startedAt !== null ? took(startedAt, at) : clock.format(new Date(at));
}

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
