import type { VNode } from 'preact';
import { count as many } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import { Lamp } from '../parts/lamp.tsx';
import { Since } from '../parts/since.tsx';
import { to } from '../route.ts';
import type { Health } from '../wire.ts';

/** Whether the house is well. */
export function HealthFacts({ health }: { readonly health: Health }): VNode {
  const { ok, version, startedAt, store, queue, outbox } = health;
  return (
    <section class="settings-part panel">
      <h2>
        <Lamp aspect={ok ? 'proceed' : 'fault'} /> {ok ? 'All is well' : 'Something is wrong'}
      </h2>
      <Facts>
        <Fact name="Version">{version}</Fact>
        <Fact name="Running">
          <Since at={startedAt} />
        </Fact>
        <Fact name="Store">{store.ok ? 'answers' : store.error}</Fact>
        <Fact name="Queue">
          {queue && (
            <a href={to.queue}>
              {queue.running} running, {queue.queued} queued, {queue.blocked} for an approval
            </a>
          )}
        </Fact>
        <Fact name="Outbox">
          {outbox === null ? null : outbox === 0 ? 'all is sent' : `${many(outbox, 'message')} to be sent`}
        </Fact>
      </Facts>
    </section>
  );
}
