import type { VNode } from 'preact';
import { shortRef } from '../format.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { Sha } from '../parts/sha.tsx';
import { Took } from '../parts/took.tsx';
import { to } from '../route.ts';
import type { Run } from '../wire.ts';
import { runWords } from './run-words.ts';
import '../parts/row.css';
import './run-row.css';

/** A run in a list. Not `named`: the list is about one event and rule, and only says how the run stands. */
export function RunRow({ run, named }: { readonly run: Run; readonly named: boolean }): VNode {
  const { id, rule, repo, ref, sha, queuedAt, startedAt, finishedAt } = run;
  return (
    <li class="row run-row">
      <Lamp aspect={aspectOf(run)} />
      <div class="row-what">
        <a class="row-link" href={to.run(id)}>
          <bdi>{named ? rule : runWords(run)}</bdi>
        </a>
        {named && <p class="soft small">{runWords(run)}</p>}
      </div>
      {named && (
        <span class="run-row-where small">
          {repo !== null && <bdi>{repo.name}</bdi>}
          {ref !== null && <code>{shortRef(ref)}</code>}
          {sha !== null && <Sha of={sha} />}
        </span>
      )}
      <span class="run-row-took small">
        {startedAt !== null && <Took from={startedAt} to={finishedAt} />}
      </span>
      <span class="row-time soft small">
        <Moment at={queuedAt} />
      </span>
    </li>
  );
}
