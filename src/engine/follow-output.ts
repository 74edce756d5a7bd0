import type { Store } from '../contracts/store.ts';
import type { RunId } from '../domain/id.ts';
import type { RunStatus } from '../domain/run.ts';
import { createBell } from './bell.ts';
import type { FollowNeeds } from './feed.ts';

/** Hints may be lost: it is looked at this often without any. */
const lookMs = 2_000;

/**
 * What a run's programs print, byte for byte, as it is stored; in the end how the run ended, or undefined when there is no
 * such run, or the signal ended the reading.
 */
export async function* followOutput(
  needs: Omit<FollowNeeds, 'store'> & { readonly store: Pick<Store, 'run' | 'output'> },
  run: RunId,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, Extract<RunStatus, { state: 'finished' }> | undefined> {
  using bell = createBell(needs, `log:${run}`);
  let after = 0;
  while (!signal.aborted) {
    // The state first: what a finished run printed is complete.
    const found = await needs.store.run(run);
    if (found === undefined || found.run.status.state === 'blocked') return undefined;
    for await (const piece of needs.store.output(run, after)) {
      after += piece.length;
      yield piece;
    }
    if (found.run.status.state === 'finished') return found.run.status;
    await bell.wait(lookMs, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
  return undefined;
}
