import type { VNode } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useBox } from '../box.ts';
import { headlineText } from '../event/headline.tsx';
import { exact, short } from '../format.ts';
import type { EventFacts, VerdictSummary } from '../wire.ts';
import './event-choice.css';

/** Whether the rule had more to say than that it does not match. */
const isOwn = (verdicts: readonly VerdictSummary[], name: string): boolean =>
  verdicts.some(({ rule, verdict }) => rule === name && verdict !== 'not matched');

/** People are still typing. */
const typingMs = 300;
const offered = 50;

/** Chooses one of the stored events: the latest one that was the rule's own, another one, or one that words are found in. */
export function EventChoice(props: {
  readonly rule: string;
  readonly chosen: EventFacts | null;
  readonly choose: (event: EventFacts) => void;
}): VNode {
  const { chosen, choose } = props;
  const { api } = useBox();
  const [words, type] = useState('');
  const [found, offer] = useState<readonly EventFacts[]>([]);
  useEffect(() => {
    let isCurrent = true;
    const look = async (): Promise<void> => {
      const page = { after: null, limit: offered };
      const { items } = await api.events(page, { q: words === '' ? null : words });
      if (!isCurrent) return;
      offer(items);
      const first = items.find(({ verdicts }) => isOwn(verdicts, props.rule)) ?? items[0];
      if (first !== undefined && (chosen === null || words !== '')) choose(first);
    };
    // What was offered before stays; a server that is away is told of elsewhere.
    const timer = setTimeout(() => void look().catch(() => undefined), words === '' ? 0 : typingMs);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [words]);

  const all = chosen === null || found.some(({ id }) => id === chosen.id) ? found : [chosen, ...found];
  return (
    <div class="event-choice">
      <input
        type="search"
        class="field"
        placeholder="Search events"
        aria-label="Search events"
        maxLength={200}
        value={words}
        onInput={({ currentTarget }) => type(currentTarget.value)}
      />
      <select
        class="field"
        aria-label="Event"
        value={chosen?.id ?? ''}
        onChange={({ currentTarget: { value } }) => {
          const next = all.find(({ id }) => id === value);
          if (next !== undefined) choose(next);
        }}
      >
        {all.map(event => (
          <option key={event.id} value={event.id}>
            {[headlineText(event), event.after && short(event.after), exact(event.receivedAt)]
              .filter(Boolean)
              .join(' · ')}
          </option>
        ))}
      </select>
    </div>
  );
}
