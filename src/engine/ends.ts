import type { RunId } from '../domain/id.ts';
import type { Run, RunStatus } from '../domain/run.ts';

export type End = Extract<RunStatus, { state: 'finished' }>;

/**
 * Tells whoever waits in this process that a run is over, without a question to the store. Where another process has heard
 * the news nobody is told: who waits looks by itself now and then.
 */
export interface Ends {
  /** The run is stored as finished. */
  tell(run: Run): void;
  /** Resolves with the end of a run; disposing it stops waiting. */
  wait(run: RunId): Disposable & { readonly end: Promise<End> };
}

export function createEnds(): Ends {
  const waiting = new Map<RunId, Set<(end: End) => void>>();
  return {
    tell: ({ id, status }) => {
      if (status.state === 'finished') for (const told of waiting.get(id) ?? []) told(status);
    },
    wait: run => {
      const { promise: end, resolve } = Promise.withResolvers<End>();
      const all = waiting.get(run) ?? new Set();
      waiting.set(run, all.add(resolve));
      return {
        end,
        [Symbol.dispose]: () => {
          all.delete(resolve);
          if (all.size === 0) waiting.delete(run);
        },
      };
    },
  };
}
