import type { StreamSource } from '../contracts/source.ts';
import type { Store } from '../contracts/store.ts';
import { admit, type IntakeNeeds, identify } from './intake.ts';
import { loop } from './loop.ts';

/** Follows a stream source until the signal: each event is stored with the position after it. */
export async function listen(
  needs: Omit<IntakeNeeds, 'store'> & {
    readonly store: IntakeNeeds['store'] & Pick<Store, 'position' | 'keepPosition'>;
  },
  source: StreamSource,
  signal: AbortSignal,
): Promise<void> {
  await loop(needs, `source ${source.name}`, signal, async () => {
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
        await admit(needs, event, {
          delivery,
          position: moves ? { source: source.name, position } : null,
        });
      }
    }
  });
}
