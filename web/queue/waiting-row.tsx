import type { VNode } from 'preact';
import { aspectOf } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Took } from '../parts/took.tsx';
import { to } from '../route.ts';
import { RunWhere } from '../runs/run-where.tsx';
import type { RunSummary } from '../wire.ts';
import '../parts/row.css';
import '../runs/run-row.css';

/** A run that waits, with what it waits for. */
export function WaitingRow({ run, why }: { readonly run: RunSummary; readonly why: string }): VNode {
  const { id, rule, queuedAt } = run;
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
      <RunWhere run={run} />
      <span class="run-row-took small">
        <Took from={queuedAt} to={null} />
      </span>
    </li>
  );
}
