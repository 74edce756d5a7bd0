import type { Clock } from '../contracts/clock.ts';
import type { EventDetail, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { EventId } from '../domain/id.ts';
import { type Bell, createBell } from './bell.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

/** What became of a delivery at the next server. */
export type HandedOn =
  /** It is stored there. */
  | { readonly result: 'taken' }
  /** It never will be. */
  | { readonly result: 'refused'; readonly reason: string }
  | { readonly result: 'later'; readonly reason: string };

/** Gives an event's delivery to the next server. Never throws; repeating it is harmless. */
export type HandOn = (delivered: EventDetail, signal: AbortSignal) => Promise<HandedOn>;

export interface HandOnNeeds {
  readonly store: Pick<Store, 'feed' | 'event' | 'position' | 'keepPosition'>;
  readonly control: Pick<ControlEnd, 'onHint'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Under this name it is stored how far the feed has been handed on. */
const reader = 'handed on';
/** Read from the feed at once. */
const batch = 100;
/** Hints may be lost. */
const lookMs = 2_000;
/**
 * Wait after the n-th failed try:
 *
 *   1       2     3     4     5 …
 *   0.5 s   1 s   2 s   4 s   5 s …
 */
const firstWaitMs = 500;
const longestWaitMs = 5_000;

/** How the handing on stands. */
export interface Handing {
  /** Why the next server has not taken what waits; null: nothing waits, as far as is known. */
  problem: string | null;
}

/**
 * Hands every delivery on, in the order in which they came, until the signal. What the next server does not take waits, and
 * whatever came after it: a crash or an outage of anybody loses nothing, and changes no order.
 */
export async function handOnDeliveries(
  needs: HandOnNeeds,
  handOn: HandOn,
  handing: Handing,
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, 'handing on', signal, async () => {
    using bell = createBell(needs, 'feed');
    await follow(needs, handOn, handing, bell, signal);
  });
}

async function follow(
  needs: HandOnNeeds,
  handOn: HandOn,
  handing: Handing,
  bell: Bell,
  signal: AbortSignal,
): Promise<void> {
  const { store } = needs;
  const kept = await store.position(reader);
  let position = typeof kept === 'number' ? kept : 0;
  while (!signal.aborted) {
    const items = await store.feed(position, batch);
    for (const item of items) {
      if (item.type === 'event' && !item.duplicate) await insist(needs, handOn, handing, item.event, signal);
      position = item.id;
      await store.keepPosition({ source: reader, position });
    }
    if (items.length === 0) await bell.wait(lookMs, signal);
  }
}

/** Until it is taken, or refused for good, which is told of each; why it is put off is told when that is new. */
async function insist(
  needs: HandOnNeeds,
  handOn: HandOn,
  handing: Handing,
  event: EventId,
  signal: AbortSignal,
): Promise<void> {
  const found = await needs.store.event(event);
  // A replay is this house's own affair.
  if (found === undefined || found.delivery === null || found.event.replayOf !== null) return;
  for (let waitMs = firstWaitMs; ; waitMs = Math.min(waitMs * 2, longestWaitMs)) {
    const handed = await handOn(found, signal);
    signal.throwIfAborted();
    if (handed.result !== 'taken' && handed.reason !== handing.problem) {
      const stands = handed.result === 'later' ? 'waits' : 'is not handed on';
      const error = new SignalboxError('unavailable', `${event} ${stands}: ${handed.reason}`);
      needs.journal.note({ kind: 'trouble', where: 'handing on', error });
    }
    // What is refused does not wait any more.
    handing.problem = handed.result === 'later' ? handed.reason : null;
    if (handed.result !== 'later') return;
    await needs.clock.sleep(waitMs, signal);
  }
}
