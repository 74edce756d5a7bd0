import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { count } from '../format.ts';
import { Notice } from '../parts/notice.tsx';
import type { LineRange } from '../route.ts';
import { useWatched } from '../state.ts';
import type { RunDetail } from '../wire.ts';
import { LogLine } from './log-line.tsx';
import { LogSearch } from './log-search.tsx';
import { LogTools } from './log-tools.tsx';
import { SectionTitle } from './section-title.tsx';
import { logSettings } from './settings.ts';
import { useFolds } from './use-folds.ts';
import { useFollow } from './use-follow.ts';
import type { Log } from './use-log.ts';
import { useLogKeys } from './use-log-keys.ts';
import { useLogSearch } from './use-log-search.ts';
import { useViewport } from './use-viewport.ts';
import './colors.css';
import './log.css';

/** Why there is no line. */
function noneWords({ state, outcome }: RunDetail, ended: boolean): string {
  if (state === 'blocked') return 'It begins when the run is approved.';
  if (state === 'queued') return 'It begins with the run.';
  if (!ended) return 'Nothing yet.';
  return outcome === 'superseded' || outcome === 'skipped' ? 'It never ran.' : 'The run said nothing.';
}

/** The log of a run: it follows the end until somebody scrolls up, and again when they are back. */
export function LogView(props: {
  readonly run: RunDetail;
  readonly lines: LineRange | null;
  readonly log: Log;
}): VNode {
  const { run, lines } = props;
  const { reader, newest, ended, error, marks, firstError } = props.log;
  const { wraps, times } = useWatched(logSettings);

  const folds = useFolds(marks, newest, lines);
  const { rows } = folds;
  const follow = useFollow(newest, lines === null);
  const viewport = useViewport(rows, follow);
  const { box, first, last } = viewport;

  /** What is to be brought into sight as soon as it can be. */
  const wanted = useRef<number | null>(null);
  const show = (line: number): void => {
    wanted.current = line;
    folds.open(line);
  };
  useEffect(() => {
    if (lines !== null) show(lines.first);
  }, [lines?.first]);
  useEffect(() => {
    if (wanted.current === null || wanted.current > newest) return;
    viewport.reveal(wanted.current);
    wanted.current = null;
  });

  const search = useLogSearch(run.id, newest, { show, here: () => rows.lineOf(first) });
  const input = useRef<HTMLInputElement>(null);
  const actions = useLogKeys({
    box,
    input,
    search,
    follow,
    folds,
    show,
    firstError,
    toTop: viewport.toTop,
    toLine() {
      const line = search.line ?? viewport.topLine();
      const number = box.current?.querySelector<HTMLElement>(`[data-seq="${line}"] .log-number`);
      if (line === null || !number) return;
      viewport.hold(line);
      folds.open(line);
      number.focus();
    },
  });

  const drawn = Array.from({ length: last - first }, (_, n) => rows.lineOf(first + n));
  useEffect(() => {
    reader.want(drawn);
  }, [reader, rows, first, last]);

  const style = {
    run: run.id,
    times,
    startedAt: run.startedAt,
    found: search.asked,
    marked: lines,
    current: search.line,
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys do what its buttons do
    <section class="log panel" aria-label="Log" onKeyDown={actions.onKeyDown}>
      <div class="log-head">
        <h2>Log</h2>
        <span class="log-state soft small">
          {newest > 0 && count(newest, 'line')}
          {!ended && follow.following && newest > 0 && ', following'}
        </span>
        {(newest > 0 || run.state === 'running') && (
          <>
            <LogSearch search={search} input={input} />
            <LogTools
              run={run}
              lines={lines}
              folds={folds}
              firstError={firstError}
              showError={actions.showError}
            />
          </>
        )}
      </div>
      {error !== null && <Notice>{error}</Notice>}
      {/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it */}
      <div
        class={`log-lines${wraps ? ' log-wraps' : ''} log-digits-${String(newest).length} log-times-${times}`}
        ref={box}
        onScroll={viewport.onScroll}
        tabIndex={0}
        role="log"
        aria-live="off"
        aria-label="Lines of the log"
      >
        {/* oxlint-enable jsx-a11y/no-noninteractive-tabindex */}
        <div class="log-space" style={{ height: `${viewport.abovePx}px` }} />
        {drawn.map(number => {
          const section = folds.sectionAt(number);
          // A line stays the same element when it turns out to be a title: it may have the focus.
          return (
            <LogLine key={number} number={number} line={reader.line(number)} style={style}>
              {section !== undefined && (
                <SectionTitle
                  section={section}
                  isFolded={folds.isFolded(section)}
                  toggle={() => {
                    viewport.hold(number);
                    folds.toggle(section);
                  }}
                />
              )}
            </LogLine>
          );
        })}
        <div class="log-space" style={{ height: `${viewport.belowPx}px` }} />
        {newest === 0 && <p class="log-none soft">{noneWords(run, ended)}</p>}
      </div>
      {!follow.following && (!ended || last < rows.count) && (
        <button type="button" class="log-jump" onClick={follow.resume}>
          {follow.unread > 0 ? `${count(follow.unread, 'new line')} ↓` : 'To the end ↓'}
        </button>
      )}
    </section>
  );
}
