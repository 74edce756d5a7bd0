import { type Hint, noHint } from './look.ts';

/** What is to be looked at next. Whoever takes it later finds everything that has come meanwhile, each repository once. */
export interface Desk {
  /** Something may have changed in one repository. */
  hint(rid: string, hint: Hint): void;
  /** Anything may have changed. */
  all(): void;
  /** Takes what is there. */
  take(): { readonly all: boolean; readonly hints: ReadonlyMap<string, Hint> };
  /** Resolves when something is there, or the signal aborts. */
  wait(signal: AbortSignal): Promise<void>;
}

/** What the node says of one ref is only needed where nothing is signed; more is found by looking. */
const mostUpdates = 10_000;
/** Its lines are kept with what they tell of, and are in memory until then: so many of one repository, each so long. */
const mostLines = 200;
const longestLine = 64 * 1024;
/** And so much of all repositories together; of what is too much the rest is found by looking. */
const mostCharacters = 64 * 1024 * 1024;

export function createDesk(): Desk {
  let hints = new Map<string, Hint>();
  let everything = false;
  let characters = 0;
  let arrived = Promise.withResolvers<void>();
  return {
    hint(rid, hint) {
      const before = hints.get(rid) ?? noHint;
      // What it says of refs is as long as its line.
      const said = hint.told.reduce((sum, { line }) => sum + line.length, 0);
      characters += said;
      const isTooMuch = characters > mostCharacters;
      const kept = isTooMuch ? [] : hint.told.filter(({ line }) => line.length <= longestLine);
      const updates = isTooMuch ? [] : hint.updates;
      hints.set(rid, {
        fetchedFrom: hint.fetchedFrom ?? before.fetchedFrom,
        updates: [...before.updates, ...updates].slice(-mostUpdates),
        told: [...before.told, ...kept].slice(-mostLines),
      });
      arrived.resolve();
    },
    all() {
      everything = true;
      arrived.resolve();
    },
    take() {
      const taken = { all: everything, hints };
      hints = new Map();
      everything = false;
      characters = 0;
      arrived = Promise.withResolvers();
      return taken;
    },
    async wait(signal) {
      if (signal.aborted) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      const stop = (): void => resolve();
      signal.addEventListener('abort', stop, { once: true });
      await Promise.race([arrived.promise, promise]);
      signal.removeEventListener('abort', stop);
    },
  };
}
