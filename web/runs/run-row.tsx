import type { VNode } from 'preact';
import { took } from '../format.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Duration } from '../parts/duration.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { to } from '../route.ts';
import type { RunSummary } from '../wire.ts';
import { RunWhere } from './run-where.tsx';
import { runName, runWords, shortRuns } from './run-words.ts';
import '../parts/row.css';
import './run-row.css';

/** Shorter waits are not worth a word. */
const longWaitMs = 2_000;

/**
 * A run in a list. Not `named`: the list is about one rule, and says how the run stands; `where` it ran is told of all
 * that have a name, and else where it is wanted.
 */
export function RunRow(props: {
  readonly run: RunSummary;
  readonly named: boolean;
  readonly where?: boolean;
}): VNode {
  const { run, named, where = named } = props;
  const { id, rule, actor, queuedAt, startedAt, finishedAt } = run;
  const waited =
    startedAt === null || Date.parse(startedAt) - Date.parse(queuedAt) < longWaitMs
      ? null
      : took(queuedAt, startedAt);
  const words = shortRuns(runWords(run));
  return (
    <li class="row run-row">
      <Lamp aspect={aspectOf(run)} />
      <div class="row-what">
        <a class="row-link" href={to.run(id)}>
          <bdi>{named ? runName(run) : words}</bdi>
        </a>
        {where && (
          <p class="run-row-words soft small">
            {named && <bdi>{words}</bdi>}
            {actor.name !== null && <bdi>by {actor.name}</bdi>}
            {waited !== null && <span>waited {waited}</span>}
          </p>
        )}
      </div>
      {where && <RunWhere run={run} />}
      <span class="run-row-took small">
        {startedAt !== null && <Duration rule={rule} from={startedAt} to={finishedAt} />}
      </span>
      <span class="row-time soft small">
        <Moment at={queuedAt} />
      </span>
    </li>
  );
}
