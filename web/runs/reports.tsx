import type { VNode } from 'preact';
import { count, exact } from '../format.ts';
import type { Aspect } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import type { Report, RunDetail } from '../wire.ts';
import './side-list.css';

const aspects: Readonly<Record<Report['state'], Aspect>> = {
  waiting: 'waiting',
  sent: 'proceed',
  replaced: 'dark',
  'given up': 'fault',
};

/** Who outside was told how the run stands. */
export function Reports({ of }: { readonly of: RunDetail['reports'] }): VNode | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2 class="section-title">Reports</h2>
      <ul class="side-list">
        {of.map(({ reporter, state, tries, error, nextTryAt, sentAt }) => (
          <li key={reporter}>
            <span class="side-list-name">
              <Lamp aspect={aspects[state]} />
              <bdi>{reporter}</bdi>{' '}
              <span class="soft">
                {state} {sentAt !== null && <Moment at={sentAt} />}
              </span>
            </span>
            {error !== null && (
              <span class="soft small">
                {error} ({count(tries, 'try', 'tries')}
                {nextTryAt !== null && `, again at ${exact(nextTryAt)}`})
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
