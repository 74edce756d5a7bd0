import type { VNode } from 'preact';
import { useBox } from '../box.ts';
import { day } from '../format.ts';
import { useView } from '../state.ts';
import { useListKeys } from '../use-list-keys.ts';
import type { List } from '../use-paged.ts';
import { Action } from './action.tsx';
import { Loading } from './loading.tsx';
import { Notice } from './notice.tsx';
import './day-list.css';

/** A list along a track, newest first, with a mark where a day begins, and a way to older pages at its end. */
export function DayList<Item extends { readonly id: string }>(props: {
  readonly list: List<Item>;
  readonly timeOf: (item: Item) => string;
  /** Draws an `<li>` with the item's key. */
  readonly row: (item: Item) => VNode;
  /** Shown instead when there is nothing. */
  readonly empty: VNode;
}): VNode {
  const { now } = useBox();
  useView(now, dateOf);
  const box = useListKeys<HTMLDivElement>();
  const { items, error, older } = props.list;
  if (items === null) return <Loading />;
  if (items.length === 0)
    return (
      <>
        {error === null ? props.empty : <Notice>{error.message}</Notice>}
        {older !== null && <Action act={older}>Look further</Action>}
      </>
    );
  const days = Object.entries(Object.groupBy(items, item => day(props.timeOf(item), now.get())));
  return (
    <div ref={box}>
      {error !== null && <Notice>{error.message}</Notice>}
      {days.map(([name, items]) => (
        <section class="day" key={name}>
          <h2 class="day-name">{name}</h2>
          <ol class="day-track panel">{items?.map(props.row)}</ol>
        </section>
      ))}
      {older !== null && <Action act={older}>Load older</Action>}
    </div>
  );
}

/** Days get other names at midnight. */
const dateOf = (now: number): string => new Date(now).toDateString();
