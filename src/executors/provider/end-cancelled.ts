import type { Provider } from '../../contracts/provider.ts';
import type { Store } from '../../contracts/store.ts';
import type { RunId } from '../../domain/id.ts';
import type { Run } from '../../domain/run.ts';
import { orderOf } from './order.ts';

/** Whoever has cancelled them may have waited for days; so much longer does not matter. */
const mostMs = 10 * 60_000;

/**
 * Ends the builds of those runs that somebody had cancelled when their last attempt was lost: it could not do so itself any
 * more.
 */
export async function endCancelled(
  needs: {
    readonly providers: readonly Provider[];
    readonly store: Pick<Store, 'run' | 'bareEvent'>;
    readonly trouble: (run: RunId, error: unknown) => void;
  },
  runs: readonly RunId[],
  signal: AbortSignal,
): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  await Promise.all(
    runs.map(async id => {
      try {
        const run = (await needs.store.run(id))?.run;
        if (run === undefined || !isCancelled(run)) return;
        const { action } = run.plan;
        const event = await needs.store.bareEvent(run.event);
        if (action.kind !== 'provider' || event === undefined) return;
        const provider = needs.providers.find(({ name }) => name === action.call.provider);
        await provider?.cancel(orderOf(run, event, action.call), null, limit);
      } catch (error) {
        if (!signal.aborted) needs.trouble(id, error);
      }
    }),
  );
}

const isCancelled = ({ status }: Run): boolean =>
  status.state === 'finished' && (status.outcome === 'cancelled' || status.outcome === 'superseded');
