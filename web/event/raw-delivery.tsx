import type { VNode } from 'preact';
import { count } from '../format.ts';
import type { Delivery } from '../wire.ts';
import { RawBody } from './raw-body.tsx';
import './raw-delivery.css';

/** What arrived, untouched: request line, headers, body. */
export function RawDelivery({ delivery }: { readonly delivery: Delivery }): VNode {
  const { method, path, peer, headers } = delivery;
  return (
    <section class="raw">
      <h2 class="section-title">What arrived</h2>
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
    </section>
  );
}
