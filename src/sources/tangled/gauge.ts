import type { StreamState } from '../../contracts/source.ts';
import type { Problems } from './problems.ts';

export interface Gauge {
  readonly state: () => StreamState;
  connected(): void;
  /** It is not followed any more, for this reason. */
  lost(problem: string): void;
  /** An event came; `createdAt` null: it does not say when it was made. */
  heard(createdAt: number | null): void;
  skipped(why: string): void;
  stranger(): void;
  /** It is not to be followed any more. */
  gone(): void;
}

export function createGauge(name: string, problems: Problems, now: () => number): Gauge {
  let state: StreamState = {
    name,
    connected: false,
    lagMs: null,
    lastEventAt: null,
    skipped: 0,
    strangers: 0,
    problem: null,
  };
  const change = (next: Partial<StreamState>): void => void (state = { ...state, ...next });
  const clear = (): void => {
    problems.judge(`stream ${name}`, null);
    problems.judge(`frames of ${name}`, null);
  };
  return {
    state: () => state,
    connected() {
      clear();
      change({ connected: true, problem: null });
    },
    lost(problem) {
      problems.judge(`stream ${name}`, problem);
      change({ connected: false, problem });
    },
    heard(createdAt) {
      const at = now();
      change({
        lastEventAt: at,
        lagMs: createdAt === null ? state.lagMs : Math.max(0, Math.round(at - createdAt)),
      });
    },
    skipped(why) {
      change({ skipped: state.skipped + 1 });
      problems.judge(`frames of ${name}`, `${name} has sent what cannot be read: ${why}`);
    },
    gone: clear,
    stranger: () => change({ strangers: state.strangers + 1 }),
  };
}
