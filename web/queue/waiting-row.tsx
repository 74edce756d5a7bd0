import type { VNode } from 'preact';
import { shortRef } from '../format.ts';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Sha } from '../parts/sha.tsx';
import { Took } from '../parts/took.tsx';
import { to } from '../route.ts';
import type { RunSummary } from '../wire.ts';
import '../parts/row.css';
import '../runs/run-row.css';

/** A run that waits, with what it waits for. */
export function WaitingRow({ run, why }: { readonly run: RunSummary; readonly why: string }): VNode {
  const { id, rule, repo, ref, sha, queuedAt } = run;
  return (
    <li class="row run-row">
      <Lamp aspect={aspectOf(run)} />
      <div class="row-what">
        <a class="row-link" href={to.run(id)}>
          <bdi>{rule}</bdi>
        </a>
        <p class="run-row-words soft small">
          <bdi>{why}</bdi>
        </p>
      </div>
      <span class="run-row-where small">
        {repo !== null && <bdi>{repo.name}</bdi>}
        {ref !== null && <code>{shortRef(ref)}</code>}
        {sha !== null && <Sha of={sha} />}
      </span>
      <span class="run-row-took small">
        <Took from={queuedAt} to={null} />
      </span>
    </li>
  );
}
