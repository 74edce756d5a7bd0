import type { VNode } from 'preact';
import { bytes, count, period } from '../format.ts';
import { Fact, Facts } from '../parts/facts.tsx';
import type { Settings } from '../wire.ts';

/** How much is taken, done at a time, and kept. */
export function Bounds({ settings }: { readonly settings: Settings }): VNode {
  const { limits, retention, badges } = settings;
  return (
    <>
      <section class="settings-part panel">
        <h2>Limits</h2>
        <Facts>
          <Fact name="Deliveries">up to {bytes(limits.bodyBytes)} each</Fact>
          <Fact name="Queue">{count(limits.queue, 'run')} may wait</Fact>
          <Fact name="At a time">{count(limits.runs, 'run')} on this server</Fact>
          <Fact name="Logs">up to {bytes(limits.logBytes)} each</Fact>
          <Fact name="Lease">{period(limits.leaseMs)} of an agent’s silence</Fact>
        </Facts>
      </section>
      <section class="settings-part panel">
        <h2>Retention</h2>
        <Facts>
          <Fact name="Events">{period(retention.eventsMs)}, with deliveries and runs</Fact>
          <Fact name="Logs">
            {period(retention.logsMs)}, {bytes(retention.logsTotalBytes)} together
          </Fact>
          <Fact name="Delivery ids">{period(retention.deliveryIdsMs)}</Fact>
          <Fact name="Badges">
            {badges === 'anyone' ? 'for anyone who asks' : 'for who is signed in, or has a token'}
          </Fact>
        </Facts>
      </section>
    </>
  );
}
