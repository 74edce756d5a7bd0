import type { VNode } from 'preact';
import { withTimes } from '../format.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { to } from '../route.ts';
import type { RunDetail } from '../wire.ts';
import { RunActions } from './run-actions.tsx';
import { RunWhere } from './run-where.tsx';
import { runName, runWords, withRuns } from './run-words.ts';
import './run-head.css';

/** What is to be seen first of a run: how it stands and why, since when, where, whose, and what can be done. */
export function RunHead({ run }: { readonly run: RunDetail }): VNode {
  const { actor, reason, waits = null } = run;
  const [happened, at] = latest(run);
  return (
    <div class="page-head run-head">
      <div class="page-title">
        <Lamp aspect={aspectOf(run)} />
        <div>
          <h1>
            <bdi>{runName(run)}</bdi>
          </h1>
          <output class="run-words">
            {withRuns(runWords({ ...run, reason: reason ?? (waits && withTimes(waits)) })).map(
              ({ text, run: other }, n) =>
                other === null ? (
                  text
                ) : (
                  <a key={n} href={to.run(other)}>
                    {text}
                  </a>
                ),
            )}
          </output>
          <p class="run-head-where soft small">
            <RunWhere run={run} />
            {actor.name !== null && <bdi>by {actor.name}</bdi>}
            <span>
              {happened} <Moment at={at} />
            </span>
          </p>
        </div>
      </div>
      <RunActions run={run} />
    </div>
  );
}

/** The last that happened to a run, and when. */
function latest({ queuedAt, startedAt, finishedAt }: RunDetail): readonly [string, string] {
  if (finishedAt !== null) return ['ended', finishedAt];
  return startedAt === null ? ['queued', queuedAt] : ['began', startedAt];
}
