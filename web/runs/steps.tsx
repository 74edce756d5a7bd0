import type { VNode } from 'preact';
import { Took } from '../parts/took.tsx';
import { to } from '../route.ts';
import { visible } from '../visible.ts';
import type { LogMark, RunDetail } from '../wire.ts';
import { stepsOf } from './steps-of.ts';
import './side-list.css';

/** The steps that the run's log tells of, and how long each took; each leads to its lines. */
export function Steps(props: { readonly run: RunDetail; readonly marks: readonly LogMark[] }): VNode | null {
  const { run, marks } = props;
  const steps = stepsOf(marks, run.finishedAt);
  if (steps.length === 0) return null;
  return (
    <section>
      <h2 class="section-title">Steps</h2>
      <ol class="side-list side-times">
        {steps.map(({ id, name, line, startedAt, endedAt }) => (
          <li key={id}>
            <a href={to.lines(run.id, { first: line, last: line })}>
              <bdi>{visible(name)}</bdi>
            </a>
            <span class="soft small">
              <Took from={startedAt} to={endedAt} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
