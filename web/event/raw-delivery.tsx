import type { VNode } from 'preact';
import { count } from '../format.ts';
import type { Delivery, EventDetail } from '../wire.ts';
import { AsRulesSee } from './as-rules-see.tsx';
import { RawBody } from './raw-body.tsx';
import './raw-delivery.css';

/** What arrived, untouched: request line, headers, body. */
export function RawDelivery({ event }: { readonly event: EventDetail }): VNode {
  return (
    <section class="raw">
      <h2 class="section-title">What arrived</h2>
      {event.delivery === null ? (
        <p class="soft small">No delivery is behind this event.</p>
      ) : (
        <Bytes delivery={event.delivery} />
      )}
      <AsRulesSee event={event} />
    </section>
  );
}

function Bytes({ delivery }: { readonly delivery: Delivery }): VNode {
  const { method, path, peer, headers } = delivery;
  return (
    <>
      <p class="soft small">
        <code>
          {method} {path}
        </code>{' '}
        from <code>{peer}</code>
      </p>
      <details class="panel">
        <summary>{count(headers.length, 'header')}</summary>
        <dl class="raw-headers">
          {headers.map(([name, value], at) => (
            <div key={at}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </details>
      <RawBody delivery={delivery} />
    </>
  );
}
