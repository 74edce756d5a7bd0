import type { Clock } from '../contracts/clock.ts';
import type { OutboxEntry, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import { createBell } from './bell.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';
import { untilDue } from './until-due.ts';

/** As many as one look takes: enough to keep a broker busy, few enough to be sent well within `takenMs`. */
const batch = 200;
/** An entry that was taken and neither settled nor postponed (a crash) is due again after this. */
const takenMs = 30_000;
/** A ticket that the transport refuses is offered again after this. */
const againMs = 1_000;

/** Sends tickets from the outbox to the agents until the signal; settles each after the transport confirmed it. */
export async function dispatch(
  needs: {
    readonly store: Pick<Store, 'takeOutbox' | 'settle' | 'postpone' | 'nextDue'>;
    readonly control: Pick<ControlEnd, 'send' | 'onHint' | 'link'>;
    readonly clock: Clock;
    readonly journal: Journal;
  },
  signal: AbortSignal,
): Promise<void> {
  using bell = createBell(needs, 'ticket');
  await loop(needs, 'dispatch', signal, async () => {
    // Nothing is taken, and put back, that cannot be sent.
    if (needs.control.link().state === 'down') return needs.clock.sleep(againMs / 4, signal);
    const now = needs.clock.now();
    const entries = await needs.store.takeOutbox('ticket', now, batch, now + takenMs);
    await Promise.all(entries.map(send));
    if (entries.length < batch) await bell.wait(await untilDue(needs, 'ticket'), signal);
  });

  async function send(entry: OutboxEntry): Promise<void> {
    if (entry.kind !== 'ticket') return;
    try {
      await needs.control.send(entry.ticket);
    } catch (error) {
      await needs.store.postpone(entry, needs.clock.now() + againMs, SignalboxError.from(error).message);
      return;
    }
    await needs.store.settle(entry);
  }
}
