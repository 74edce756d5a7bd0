import type { VNode } from 'preact';
import { Headline } from '../event/headline.tsx';
import { aspectOf, mostUrgent } from '../parts/aspect.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import { RunChips } from '../parts/run-chips.tsx';
import { to } from '../route.ts';
import type { EventSummary, Standing } from '../wire.ts';
import { AuthMark } from './auth-mark.tsx';
import { verdictCounts } from './verdict-counts.ts';
import '../parts/row.css';
import './event-row.css';

/** Chips beyond this are counted: one event may start many runs. */
const mostChips = 4;

/** An event in the inbox: what came, and what became of it. */
export function EventRow(props: {
  readonly event: EventSummary;
  readonly standings: ReadonlyMap<string, Standing>;
}): VNode {
  const { event, standings } = props;
  const runs = event.verdicts.flatMap(({ rule, runs }) =>
    runs.map(id => ({ id, rule, standing: standings.get(id) })),
  );
  const lit = runs.flatMap(({ standing }) => (standing === undefined ? [] : [aspectOf(standing)]));
  const broken = event.verdicts.some(({ verdict }) => verdict === 'error');
  return (
    <li class="row event-row">
      <Lamp aspect={mostUrgent(broken ? ['fault', ...lit] : lit)} />
      <div class="row-what">
        <a class="row-link" href={to.event(event.id)}>
          <Headline event={event} />
        </a>
        <Details event={event} />
      </div>
      <div class="event-row-result">
        <RunChips runs={runs} most={mostChips} />
        <span class="event-row-counts soft small">{verdictCounts(event.verdicts)}</span>
      </div>
      <span class="row-time soft small">
        <Moment at={event.receivedAt} />
      </span>
    </li>
  );
}

/** Who, from where, and in whose words. */
function Details({ event }: { readonly event: EventSummary }): VNode {
  const { source, type, action, actor, patch, commits, note, duplicates, replayOf, authentication } = event;
  const words = note ?? patch?.title ?? commits.at(-1)?.message.split('\n', 1)[0];
  const parts = [
    source,
    type === 'other' ? null : action,
    actor.name === null ? null : `by ${actor.name}`,
    replayOf === undefined ? null : 'replayed',
    duplicates.length === 0 ? null : `came ${duplicates.length + 1} times`,
    words,
  ];
  return (
    <p class="event-row-details soft small">
      {authentication !== null && <AuthMark of={authentication} />}
      {parts
        .filter(part => part !== null && part !== undefined && part !== '')
        .map((part, at) => (
          <span key={at}>
            <bdi>{part}</bdi>
          </span>
        ))}
    </p>
  );
}
