import type { VNode } from 'preact';
import { useEffect, useMemo } from 'preact/hooks';
import { useBox } from '../box.ts';
import { count } from '../format.ts';
import { Action } from '../parts/action.tsx';
import { Notice } from '../parts/notice.tsx';
import { useWatched } from '../state.ts';
import { blocksOf, LogBlock } from './log-block.tsx';
import { createLogReader } from './log-reader.ts';
import { useLogScroll } from './use-log-scroll.ts';
import './colors.css';
import './log.css';

/** The log of a run: it follows the end until somebody scrolls up, and again when they are back. */
export function LogView({ run, line }: { readonly run: string; readonly line: number | null }): VNode {
  const { api } = useBox();
  const reader = useMemo(() => createLogReader(api, run), [api, run]);
  useEffect(() => reader.start(line), [reader]);
  const state = useWatched(reader.state);
  const { box, onScroll, hold } = useLogScroll(reader, state, line);

  const { following, pausedAt, ended, error } = state;
  const { lines, newest } = state.window;
  const first = lines[0]?.seq ?? 1;
  const last = lines.at(-1)?.seq ?? 0;
  const unread = pausedAt === null ? 0 : newest - pausedAt;
  const earlier = (): Promise<void> => {
    hold(first);
    return reader.earlier();
  };
  const later = (): Promise<void> => {
    hold(last);
    return reader.later();
  };

  return (
    <section class="log panel" aria-label="Log">
      <div class="log-head">
        <h2>Log</h2>
        {newest > 0 && <span class="soft small">{count(newest, 'line')}</span>}
        {!ended && following && newest > 0 && <span class="soft small log-following">following</span>}
      </div>
      {error !== null && <Notice>{error}</Notice>}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, so the keyboard must reach it */}
      <div class="log-lines" ref={box} onScroll={onScroll} tabIndex={0} role="log" aria-live="off">
        {first > 1 && (
          <div class="log-more">
            <Action act={earlier}>Show earlier lines</Action>
          </div>
        )}
        {blocksOf(lines).map(([number, lines]) => (
          <LogBlock key={number} run={run} lines={lines} marked={line} />
        ))}
        {last < newest && (
          <div class="log-more">
            <Action act={later}>Show later lines</Action>
          </div>
        )}
        {newest === 0 && (
          <p class="log-more soft small">{ended ? 'The run said nothing.' : 'Nothing yet.'}</p>
        )}
      </div>
      {!following && (!ended || last < newest) && (
        <button type="button" class="log-jump" onClick={() => void reader.follow()}>
          {unread > 0 ? `${count(unread, 'new line')} ↓` : 'To the end ↓'}
        </button>
      )}
    </section>
  );
}
