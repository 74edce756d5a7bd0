import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { span } from '../format.ts';
import { useWatched } from '../state.ts';
import type { LogMark, RunDetail } from '../wire.ts';
import { reportWords } from './report-words.ts';
import { type Stretch, timelineOf } from './timeline.ts';
import './timeline-bar.css';

const names: Readonly<Record<Stretch['kind'], string>> = {
  approval: 'Waits for approval',
  queued: 'Queued',
  checkout: 'Checkout',
  run: 'Run',
};
/** The least that a stretch is given, so that it can be seen and pointed at. */
const leastPercent = 1.5;
/** The most that reports are given: they may be tried for hours, and are not what the run did. */
const mostReportPercent = 25;

/** What a run spent its time with, and whether the outside has heard of it. */
export function TimelineBar(props: { readonly run: RunDetail; readonly marks: readonly LogMark[] }): VNode {
  const { run, marks } = props;
  const now = useWatched(useBox().now);
  const stretches = timelineOf(run, marks).map(stretch => ({
    ...stretch,
    ms: Math.max(0, (stretch.to ?? now) - stretch.from),
  }));
  const total = Math.max(
    1,
    stretches.reduce((sum, { ms }) => sum + ms, 0),
  );
  const reports = reportWords(run);
  return (
    <div class="timeline">
      <div class="timeline-bar" aria-hidden="true">
        {stretches.map(({ kind, ms, to }) => (
          <div
            key={kind}
            class={`timeline-part timeline-${kind}${to === null ? ' timeline-lasts' : ''}`}
            style={{ flexGrow: Math.max(leastPercent, (100 * ms) / total) }}
            title={`${names[kind]}: ${span(ms)}`}
          />
        ))}
        {reports !== null && (
          <div
            class={`timeline-part timeline-report timeline-report-${reports.look}`}
            style={{ flexGrow: Math.min(mostReportPercent, (100 * (reports.ms ?? 0)) / total) }}
            title={`Report: ${reports.words}`}
          />
        )}
      </div>
      <ol class="timeline-words">
        {stretches.map(({ kind, ms }) => (
          <li key={kind} class={`timeline-word timeline-${kind}`}>
            {names[kind]} <b>{span(ms)}</b>
          </li>
        ))}
        {reports !== null && (
          <li class={`timeline-word timeline-report timeline-report-${reports.look}`}>
            Report <b>{reports.words}</b>
          </li>
        )}
      </ol>
    </div>
  );
}
