import type { VNode } from 'preact';
import { eventTypes } from '../../src/domain/event.ts';
import type { Filter } from '../api.ts';
import { useBox, useReload } from '../box.ts';
import { type Arrival, arrivalsOf } from '../inbox/arrivals.ts';
import { EmptyInbox } from '../inbox/empty-inbox.tsx';
import { EventRow } from '../inbox/event-row.tsx';
import { RefusedRow } from '../inbox/refused-row.tsx';
import { refused, useRefusals } from '../inbox/use-refusals.ts';
import { useStandings } from '../inbox/use-standings.ts';
import { DayList } from '../parts/day-list.tsx';
import { type Choice, FilterBar } from '../parts/filter-bar.tsx';
import { NothingFound } from '../parts/nothing-found.tsx';
import { useTitle } from '../parts/title.ts';
import { to } from '../route.ts';
import { useLoaded } from '../use-loaded.ts';
import { usePaged } from '../use-paged.ts';
import type { EventSummary } from '../wire.ts';

const verdicts: Choice = {
  name: 'verdict',
  label: 'Verdict',
  values: [
    ['matched', 'something ran'],
    ['blocked', 'waits for approval'],
    ['error', 'a rule is broken'],
    [refused, 'refused delivery'],
  ],
};
const types: Choice = { name: 'type', label: 'Type', values: eventTypes.map(type => [type, type] as const) };

/** Every delivery, newest first, live. */
export function Inbox({ filter }: { readonly filter: Filter }): VNode {
  useTitle('Inbox');
  const { api } = useBox();
  const [health] = useLoaded(() => api.health());
  const sources = health.status === 'loaded' ? health.value.sources.map(({ name }) => name) : [];
  const choices = [
    { name: 'source', label: 'Source', values: sources.map(name => [name, name] as const) },
    types,
    verdicts,
    // Repositories are many: an event leads to the others of its own.
    ...(filter['repo'] ? [{ name: 'repo', label: 'Repository', values: [] }] : []),
  ];
  return (
    <>
      <div class="page-head">
        <h1>Inbox</h1>
      </div>
      <FilterBar
        filter={filter}
        choices={choices}
        placeholder="Search deliveries"
        change={filter => location.replace(to.inboxWith(filter))}
      />
      <Arrivals key={to.inboxWith(filter)} filter={filter} />
    </>
  );
}

/** The list for one filter. */
function Arrivals({ filter }: { readonly filter: Filter }): VNode {
  const { api } = useBox();
  const onlyRefused = filter['verdict'] === refused;
  const list = usePaged<EventSummary>(page =>
    onlyRefused ? Promise.resolve({ items: [], next: null }) : api.events(page, filter),
  );
  const standings = useStandings(list.items);
  const refusals = useRefusals(filter);
  // A run that has not started may be a new one of an old event.
  useReload(list.refresh, item => item.type === 'event' || (item.type === 'run' && item.attempt === 0));

  const items = list.items && arrivalsOf(list.items, refusals, list.older === null);
  const isNarrowed = Object.keys(filter).length > 0;
  return (
    <DayList<Arrival>
      list={{ ...list, items }}
      timeOf={arrival => arrival.at}
      row={arrival =>
        arrival.kind === 'event' ? (
          <EventRow key={arrival.id} event={arrival.event} standings={standings} />
        ) : (
          <RefusedRow key={arrival.id} refusals={arrival.refusals} />
        )
      }
      empty={isNarrowed ? <NothingFound more={list.older !== null} /> : <EmptyInbox />}
    />
  );
}
