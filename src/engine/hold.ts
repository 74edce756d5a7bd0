import type { Clock } from '../contracts/clock.ts';
import type { Store } from '../contracts/store.ts';
import type { ControlEnd } from '../contracts/transport.ts';
import type { Hold, HoldOn } from '../domain/hold.ts';
import type { Journal } from './journal.ts';

export interface HoldNeeds {
  readonly store: Pick<Store, 'hold' | 'release'>;
  readonly control: Pick<ControlEnd, 'hint' | 'drain'>;
  readonly clock: Clock;
  readonly journal: Journal;
}

/** Nothing new starts there from now on. What somebody holds already stays as it is: repeating it is harmless. */
export async function hold(
  needs: HoldNeeds,
  on: HoldOn,
  { by, reason }: Pick<Hold, 'by' | 'reason'>,
): Promise<void> {
  const wanted: Hold = { on, by, at: needs.clock.now(), reason };
  const stands = await needs.store.hold(wanted);
  if (stands.by === by && stands.at === wanted.at) needs.journal.note({ kind: 'hold.begun', hold: stands });
  tell(needs, on, true);
}

/** What waited there begins, in the order in which it came. Repeating it is harmless. */
export async function release(needs: HoldNeeds, on: HoldOn, by: string): Promise<void> {
  const was = await needs.store.release(on, by);
  if (was !== undefined) needs.journal.note({ kind: 'hold.ended', hold: was, by });
  tell(needs, on, false);
}

function tell({ control }: HoldNeeds, on: HoldOn, isHeld: boolean): void {
  if (on.kind === 'agent') control.drain(on.name, isHeld);
  control.hint('feed');
  control.hint('ticket');
}
