import type { VNode } from 'preact';
import { outcomes, runStates } from '../../src/domain/run.ts';
import type { Filter } from '../api.ts';
import { useBox, useReload } from '../box.ts';
import { DayList } from '../parts/day-list.tsx';
import { type Choice, FilterBar } from '../parts/filter-bar.tsx';
import { NothingFound } from '../parts/nothing-found.tsx';
import { useTitle } from '../parts/title.ts';
import { to } from '../route.ts';
import { RunRow } from '../runs/run-row.tsx';
import { useLoaded } from '../use-loaded.ts';
import { usePaged } from '../use-paged.ts';
import type { RunSummary } from '../wire.ts';

const states: Choice = {
  name: 'state',
  label: 'State',
  values: runStates.map(state => [state, state] as const),
};
const endings: Choice = {
  name: 'outcome',
  label: 'Outcome',
  values: [['failed', 'any that failed'], ...outcomes.map(outcome => [outcome, outcome] as const)],
};

/** Every run, newest first, live. */
export function Runs({ filter }: { readonly filter: Filter }): VNode {
  useTitle('Runs');
  const { api } = useBox();
  const [rules] = useLoaded(() => api.rules());
  const names = rules.status === 'loaded' ? rules.value.map(({ name }) => name) : [];
  const choices = [
    states,
    endings,
    { name: 'rule', label: 'Rule', values: names.map(name => [name, name] as const) },
  ];
  return (
    <>
      <div class="page-head">
        <h1>Runs</h1>
      </div>
      <FilterBar
        filter={filter}
        choices={choices}
        placeholder="Search runs"
        change={filter => location.replace(to.runsWith(filter))}
      />
      <RunList key={to.runsWith(filter)} filter={filter} />
    </>
  );
}

/** The list for one filter. */
function RunList({ filter }: { readonly filter: Filter }): VNode {
  const { api } = useBox();
  const list = usePaged<RunSummary>(page => api.runs(page, filter));
  useReload(list.refresh, item => item.type === 'run');
  return (
    <DayList
      list={list}
      timeOf={run => run.queuedAt}
      row={run => <RunRow key={run.id} run={run} named />}
      empty={
        Object.keys(filter).length > 0 ? (
          <NothingFound more={list.older !== null} />
        ) : (
          <p class="soft">
            Nothing has run yet. Runs begin when a rule matches an event of the <a href={to.inbox}>inbox</a>.
          </p>
        )
      }
    />
  );
}
