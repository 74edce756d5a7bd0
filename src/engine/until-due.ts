import type { Clock } from '../contracts/clock.ts';
import type { OutboxKind, Store } from '../contracts/store.ts';

/** Hints may be lost: the outbox is looked at this often without any. */
const longestMs = 5_000;
/** What is due and was not taken just now must not make anyone spin. */
const shortestMs = 10;

/** How long to wait for the next entry of a kind, if no hint comes. */
export async function untilDue(
  { store, clock }: { readonly store: Pick<Store, 'nextDue'>; readonly clock: Clock },
  kind: OutboxKind,
): Promise<number> {
  const due = await store.nextDue(kind);
  return due === null ? longestMs : Math.min(Math.max(due - clock.now(), shortestMs), longestMs);
}
