import { z } from 'zod';
import type { Clock } from '../../../contracts/clock.ts';
import type { Found, StreamSource } from '../../../contracts/source.ts';
import type { Store } from '../../../contracts/store.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Json } from '../../../domain/json.ts';
import { createGithubApi } from './api.ts';
import { catchUpRound, type Position, type Step } from './round.ts';
import type { CatchUpSettings } from './settings.ts';

/** How the latest round went. */
export interface CatchUpState {
  /** When all was looked through last; null: not yet. Milliseconds since 1970. */
  readonly lastAt: number | null;
  /** What stands in the way, in sentences. */
  readonly problems: readonly string[];
}

export interface CatchUp {
  readonly source: StreamSource;
  /** Null where there is nothing to catch up with. */
  readonly state: () => CatchUpState | null;
}

/** New settings are noticed after at most this. */
const longestWaitMs = 30_000;
/** After a round that came to nothing: 30 s, 1 min, 2 min, …, and never longer than between good ones. */
const firstPauseMs = 30_000;
/** At most a thousand requests an hour: a fifth of what GitHub grants a token, which also writes commit statuses. */
const perRequestMs = 3_600;
/** What GitHub grants is granted anew every hour. */
const longestRestMs = 3_600_000;

const position: z.ZodType<Position> = z.record(z.string(), z.number());

/**
 * Fetches through GitHub's API the deliveries that were sent and never arrived: at the start, then every so often. They
 * enter as those at the door do, under the same ids, so that none of both is done twice.
 */
export function createGithubCatchUp(options: {
  /** Asked before each round; null: nobody is to be asked. */
  readonly settings: () => CatchUpSettings | null;
  readonly store: Pick<Store, 'repos' | 'knownDeliveries'>;
  readonly clock: Clock;
  /** Hears of every problem once, as long as it lasts. */
  readonly trouble: (error: SignalboxError) => void;
}): CatchUp {
  const { settings, store, clock, trouble } = options;
  let nextAt = 0;
  let failures = 0;
  let lastAt: number | null = null;
  let problems: ReadonlyMap<string, string> = new Map();
  const unanswered = new Map<string, number>();

  async function* round(now: CatchUpSettings, from: Position, signal: AbortSignal): AsyncGenerator<Step> {
    const startedAt = clock.now();
    const api = createGithubApi({ ...now, now: () => clock.now() });
    const met = new Map<string, string>();
    const tell = (where: string, error: SignalboxError): void => {
      if (problems.get(where) !== error.message) trouble(error);
      met.set(where, error.message);
    };
    // Also for when whoever listens stops in the middle, and comes back.
    nextAt = startedAt + firstPauseMs;
    try {
      yield* catchUpRound({ api, store, clock, tell, unanswered }, now, from, signal);
      failures = 0;
      lastAt = clock.now();
      nextAt = startedAt + Math.max(now.everyMs, Math.min(api.requests * perRequestMs, longestRestMs));
    } catch (error) {
      if (signal.aborted) return;
      const known = SignalboxError.from(error);
      tell('everywhere', known);
      const pauseMs = Math.min(now.everyMs, firstPauseMs * 2 ** failures);
      nextAt = clock.now() + (known.retryAfterMs ?? pauseMs);
      failures += 1;
    }
    problems = met;
  }

  async function* listen(from: Json, signal: AbortSignal): AsyncGenerator<Found> {
    const known = position.safeParse(from);
    let last: Position = known.success ? known.data : {};
    while (!signal.aborted) {
      const now = settings();
      if (now !== null && clock.now() >= nextAt)
        for await (const found of round(now, last, signal)) {
          last = found.position;
          yield found;
        }
      const waitMs = now === null ? longestWaitMs : Math.min(longestWaitMs, nextAt - clock.now());
      await clock.sleep(Math.max(0, waitMs), signal).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
    }
  }

  return {
    source: { kind: 'stream', name: 'github', listen },
    state: () => (settings() === null ? null : { lastAt, problems: [...problems.values()] }),
  };
}
