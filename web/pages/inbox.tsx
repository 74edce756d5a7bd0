import type { VNode } from 'preact';
import { useBox, useReload } from '../box.ts';
import { EmptyInbox } from '../inbox/empty-inbox.tsx';
import { EventRow } from '../inbox/event-row.tsx';
import { useStandings } from '../inbox/use-standings.ts';
import { DayList } from '../parts/day-list.tsx';
import { useTitle } from '../parts/title.ts';
import { usePaged } from '../use-paged.ts';
import type { EventSummary } from '../wire.ts';

/** Every event, newest first, live. */
export function Inbox(): VNode {
  useTitle('Inbox');
  const { api } = useBox();
  const list = usePaged<EventSummary>(page => api.events(page));
  const standings = useStandings(list.items);
  // A run that has not started may be a new one of an old event.
  useReload(list.refresh, item => item.type === 'event' || item.attempt === 0);

  return (
    <>
      <div class="page-head">
        <h1>Inbox</h1>
      </div>
      <DayList
        list={list}
        timeOf={event => event.receivedAt}
        row={event => <EventRow key={event.id} event={event} standings={standings} />}
        empty={<EmptyInbox />}
      />
    </>
  );
}
