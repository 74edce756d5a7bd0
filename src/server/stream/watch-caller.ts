import type { Clock } from '../../contracts/clock.ts';

/**
 * Looks now and then whether somebody may still hear what they listen to, and calls `end` when not: a stream lasts for
 * days, and must not outlive the token or session that it began with. Resolves then, or when the signal aborts.
 */
export async function watchCaller(
  needs: { readonly clock: Pick<Clock, 'sleep'> },
  isKnown: () => Promise<boolean>,
  everyMs: number,
  signal: AbortSignal,
  end: () => void,
): Promise<void> {
  const isOpen = (): Promise<boolean> =>
    needs.clock.sleep(everyMs, signal).then(
      () => true,
      () => false,
    );
  while (await isOpen()) if (!(await isKnown())) return end();
}
