import type { VNode } from 'preact';
import { exact } from '../format.ts';
import { Took } from '../parts/took.tsx';
import type { RunDetail } from '../wire.ts';
import './side-list.css';

/** Each try, when there was more than one. */
export function Attempts({ of }: { readonly of: RunDetail['attempts'] }): VNode | null {
  if (of.length < 2) return null;
  return (
    <section>
      <h2 class="section-title">Attempts</h2>
      <ol class="side-list side-times">
        {of.map(({ attempt, agent, startedAt, finishedAt, outcome }) => (
          <li key={attempt}>
            <span>
              {attempt}: {outcome ?? 'running'} on <bdi>{agent}</bdi>
            </span>
            <span class="soft small" title={exact(startedAt)}>
              <Took from={startedAt} to={finishedAt} />
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
