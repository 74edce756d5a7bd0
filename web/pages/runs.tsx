import type { VNode } from 'preact';
import { useBox, useReload } from '../box.ts';
import { DayList } from '../parts/day-list.tsx';
import { useTitle } from '../parts/title.ts';
import { to } from '../route.ts';
import { RunRow } from '../runs/run-row.tsx';
import { usePaged } from '../use-paged.ts';
import type { Run } from '../wire.ts';

/** Every run, newest first, live. */
export function Runs(): VNode {
  useTitle('Runs');
  const { api } = useBox();
  const list = usePaged<Run>(page => api.runs(page));
  useReload(list.refresh, item => item.type === 'run');

  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
      </div>
      <DayList
        list={list}
        timeOf={run => run.queuedAt}
        row={run => <RunRow key={run.id} run={run} named />}
        empty={
          <p class="soft">
            Nothing has run yet. Runs begin when a rule matches an event of the <a href={to.inbox}>inbox</a>.
          </p>
        }
      />
    </>
  );
}
