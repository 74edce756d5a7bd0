import type { Clock } from '../contracts/clock.ts';
import type { Plane, Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Journal } from './journal.ts';
import { loop } from './loop.ts';

interface PlaneNeeds {
  readonly store: Pick<Store, 'beat' | 'ticketAgain'>;
  readonly control: Pick<ControlEnd, 'hint'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Takes a place among the control planes of a store; throws `conflict` where it cannot work beside one of them. */
export async function joinPlanes(needs: PlaneNeeds, plane: Plane, leaseMs: number): Promise<void> {
  const now = needs.clock.now();
  const silent = await needs.store.beat(plane, now, now - leaseMs);
  if (silent.length === 0) return;
  needs.journal.note({
    kind: 'trouble',
    where: 'control planes',
    error: new SignalboxError('unavailable', `nothing is heard of ${silent.join(', ')} any more`),
  });
  // Those that it had in its memory are lost; and those that it was about to write, where a pool goes on again.
  await needs.store.ticketAgain();
  needs.control.hint('ticket');
}

/** Keeps that place until the signal. When another one falls silent, the runs that only it knew of are not forgotten. */
export async function keepPlace(
  needs: PlaneNeeds,
  plane: Plane,
  leaseMs: number,
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, 'control planes', signal, async () => {
    await needs.clock.sleep(Math.floor(leaseMs / 3), signal);
    await joinPlanes(needs, plane, leaseMs);
  });
}
