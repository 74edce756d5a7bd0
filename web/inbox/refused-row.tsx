import type { VNode } from 'preact';
import { count, exact } from '../format.ts';
import { Lamp } from '../parts/lamp.tsx';
import { Moment } from '../parts/moment.tsx';
import type { Refusal } from '../wire.ts';
import '../parts/row.css';
import './auth-mark.css';
import './refused-row.css';

/** Refused deliveries that are listed one by one. */
const mostListed = 20;

/** Deliveries that were not let in, with the reason that their sender was not told. */
export function RefusedRow({ refusals }: { readonly refusals: readonly Refusal[] }): VNode | null {
  const [latest] = refusals;
  if (latest === undefined) return null;
  return (
    <li class="row refused-row">
      <Lamp aspect="dark" />
      <details class="row-what">
        <summary>
          <span class="refused-mark">refused</span> <code>{latest.path}</code>
          {refusals.length > 1 && <span class="refused-count">{count(refusals.length, 'time')}</span>}
          <span class="refused-reason soft small">
            <span class="auth-mark auth-refused">✗</span>
            <bdi>{latest.source}</bdi> <bdi>{latest.reason}</bdi>
          </span>
        </summary>
        <ul class="refused-list small">
          {refusals.slice(0, mostListed).map(refusal => (
            <One key={refusal.id} refusal={refusal} />
          ))}
          {refusals.length > mostListed && <li class="soft">and {refusals.length - mostListed} before</li>}
        </ul>
      </details>
      <span class="row-time soft small">
        <Moment at={latest.receivedAt} />
      </span>
    </li>
  );
}

function One({ refusal }: { readonly refusal: Refusal }): VNode {
  const { receivedAt, peer, method, path, status, bodyBytes, headers, reason } = refusal;
  const agent = headers.find(([name]) => name.toLowerCase() === 'user-agent')?.[1];
  return (
    <li>
      <span>
        <time dateTime={receivedAt}>{exact(receivedAt)}</time>{' '}
        <code>
          {method} {path}
        </code>{' '}
        from <code>{peer}</code>
        {agent !== undefined && (
          <>
            {' '}
            by <bdi>{agent}</bdi>
          </>
        )}
      </span>
      <span class="soft">
        answered {status}, {count(bodyBytes, 'byte')}: <bdi>{reason}</bdi>
      </span>
    </li>
  );
}
