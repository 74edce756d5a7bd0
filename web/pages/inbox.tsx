import type { VNode } from 'preact';
import { useCallback } from 'preact/hooks';
import { useBox, useFeed } from '../box.ts';
import { EmptyInbox } from '../inbox/empty-inbox.tsx';
import { EventRow } from '../inbox/event-row.tsx';
import { useStandings } from '../inbox/use-standings.ts';
import { DayList } from '../parts/day-list.tsx';
import { useTitle } from '../parts/title.ts';
import { usePaged } from '../use-paged.ts';
import type { EventSummary, FeedItem } from '../wire.ts';

/** Every event, newest first, live. */
export function Inbox(): VNode {
  useTitle('Inbox');
  const { api } = useBox();
  const list = usePaged<EventSummary>(page => api.events(page));
  const standings = useStandings(list.items);
  const { refresh } = list;
  const onItem = useCallback(
    (item: FeedItem) => {
      if (item.type === 'event') refresh();
    },
    [refresh],
  );
  useFeed(onItem, refresh);

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
