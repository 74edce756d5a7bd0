import type { EventSummary, Refusal } from '../wire.ts';

/** What stands in the inbox: an event, or deliveries to one source that were refused alike, one after the other. */
export type Arrival =
  | { readonly kind: 'event'; readonly id: string; readonly at: string; readonly event: EventSummary }
  | {
      readonly kind: 'refused';
      readonly id: string;
      readonly at: string;
      readonly refusals: readonly Refusal[];
    };

/**
 * Events and refusals as they came, newest first. Of refusals older than the last event nothing is shown while there are
 * older events to be read.
 */
export function arrivalsOf(
  events: readonly EventSummary[],
  refusals: readonly Refusal[],
  isWhole: boolean,
): readonly Arrival[] {
  const oldest = isWhole ? '' : (events.at(-1)?.receivedAt ?? '');
  const singles: readonly Arrival[] = [
    ...events.map(event => ({ kind: 'event' as const, id: event.id, at: event.receivedAt, event })),
    ...refusals
      .filter(({ receivedAt }) => receivedAt >= oldest)
      .map(refusal => ({
        kind: 'refused' as const,
        id: refusal.id,
        at: refusal.receivedAt,
        refusals: [refusal],
      })),
  ].toSorted((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
  return singles.reduce<Arrival[]>((listed, arrival) => {
    const last = listed.at(-1);
    if (
      arrival.kind === 'refused' &&
      last?.kind === 'refused' &&
      isAlike(last.refusals[0], arrival.refusals[0])
    )
      // A group is known by its oldest, so that it stays the same when another comes.
      listed[listed.length - 1] = {
        ...last,
        id: arrival.id,
        refusals: [...last.refusals, ...arrival.refusals],
      };
    else listed.push(arrival);
    return listed;
  }, []);
}

const isAlike = (a: Refusal | undefined, b: Refusal | undefined): boolean =>
  a?.source === b?.source && a?.status === b?.status;
