import type { Clock } from '../../contracts/clock.ts';

/** What a webhook says of a build. */
export interface Word {
  /** The build's UUID. */
  readonly build: string;
  /** Null: it is about a job of the build. */
  readonly state: string | null;
}

/** Hears what webhooks say, for those who observe builds. A word is a reason to look: what is so, the API tells. */
export interface Ears {
  hear(word: Word): void;
  /** For one build, whose UUID may not be known yet. */
  listen(): Ear;
  /** How many builds are observed. */
  readonly listening: number;
}

export interface Ear extends Disposable {
  /** Its build is looked at now: what was heard before is no news any more. */
  looks(): void;
  /** Which build it is, and which state was seen: to hear of that again is no news. */
  sees(build: string, state: string): void;
  /** Whether a webhook has ever told of it. */
  readonly hasHeard: boolean;
  /** Resolves when there was a word since the last look, or after so long. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createEars(clock: Pick<Clock, 'sleep'>): Ears {
  const listening = new Set<(word: Word) => void>();
  return {
    hear: word => {
      for (const tell of listening) tell(word);
    },
    get listening() {
      return listening.size;
    },
    listen: () => {
      let seen: Word | null = null;
      /** Before it is known which build is meant. */
      const early: Word[] = [];
      let hasHeard = false;
      let news = Promise.withResolvers<void>();
      const tell = (word: Word): void => {
        if (seen === null) return void early.push(word);
        if (word.build !== seen.build) return;
        hasHeard = true;
        if (word.state !== seen.state) news.resolve();
      };
      listening.add(tell);
      return {
        looks: () => {
          news = Promise.withResolvers<void>();
        },
        sees: (build, state) => {
          seen = { build, state };
          for (const word of early.splice(0)) tell(word);
        },
        get hasHeard() {
          return hasHeard;
        },
        wait: async (ms, signal) => {
          const over = new AbortController();
          const slept = clock.sleep(ms, AbortSignal.any([signal, over.signal]));
          slept.catch(() => undefined);
          try {
            await Promise.race([news.promise, slept]);
          } finally {
            over.abort();
          }
        },
        [Symbol.dispose]: () => void listening.delete(tell),
      };
    },
  };
}
