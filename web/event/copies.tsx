import type { VNode } from 'preact';
import { exact } from '../format.ts';
import type { EventFacts } from '../wire.ts';

/** The same delivery, sent again: recorded, and nothing ran for it. */
export function Copies({ of }: { readonly of: EventFacts['duplicates'] }): VNode | null {
  if (of.length === 0) return null;
  return (
    <section>
      <h2 class="section-title">Duplicates</h2>
      <p class="soft small">
        The sender repeated this delivery. Nothing ran for the copies; “Replay” runs it anyway.
      </p>
      <ul class="small">
        {of.map(({ receivedAt, conflict }, at) => (
          <li key={at}>
            <time dateTime={receivedAt}>{exact(receivedAt)}</time>
            {conflict ? ', with another body' : <span class="soft">, the same body</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}
