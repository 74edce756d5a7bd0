import type { StreamSource } from '../contracts/source.ts';
import type { Store } from '../contracts/store.ts';
import { SignalboxError } from '../domain/errors.ts';
import { admit, type IntakeNeeds, identify } from './intake.ts';
import { loop, restMs } from './loop.ts';

/**
 * Follows a stream source until the signal: each event is stored with the position after it. While the queue is full, the
 * source is left as it is, and the event waits.
 */
export async function listen(
  needs: Omit<IntakeNeeds, 'store'> & {
    readonly store: IntakeNeeds['store'] & Pick<Store, 'position' | 'keepPosition'>;
  },
  source: StreamSource,
  signal: AbortSignal,
): Promise<void> {
  const where = `source ${source.name}`;
  await loop(needs, where, signal, async () => {
    const from = await needs.store.position(source.name);
    for await (const { events, delivery, position } of source.listen(from, signal)) {
      if (events.length === 0 && position !== undefined)
        await needs.store.keepPosition({ source: source.name, position });
      for (const [index, found] of events.entries()) {
        const event = identify(needs, found, {
          source: source.name,
          delivery: delivery?.delivery.id ?? null,
          replayOf: null,
        });
        // The position moves with the last of them: after a crash in between the first ones come again, and are known.
        const moves = position !== undefined && index === events.length - 1;
        const origin = { delivery, position: moves ? { source: source.name, position } : null };
        await whenNotFull(needs, where, () => admit(needs, event, origin), signal);
      }
    }
  });
}

/** Does what is refused while the queue is full, once it is not. Each wait is noted. */
async function whenNotFull(
  { clock, journal }: Pick<IntakeNeeds, 'clock' | 'journal'>,
  where: string,
  task: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    try {
      await task();
      return;
    } catch (error) {
      const { code, retryAfterMs } = SignalboxError.from(error);
      if (code !== 'overloaded') throw error;
      journal.note({ kind: 'trouble', where, error });
      await clock.sleep(retryAfterMs ?? restMs, signal);
    }
  }
}
