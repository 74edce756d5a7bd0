import { createContext, Script } from 'node:vm';

/** Runs something for at most a fixed time; undefined when that was not enough. */
export type Budget = <Value>(work: () => Value) => { readonly value: Value } | undefined;

/**
 * A hard limit for synchronous work: the virtual machine is interrupted wherever it stands, also inside a library's
 * innermost loop. Starting the watchdog costs about 0.1 ms, so it is for work that may need it. The interrupted work
 * sees no `finally`: it must not hold anything that needs one.
 */
export function createBudget(limitMs: number): Budget {
  let job = () => {};
  const context = createContext({ run: () => job() });
  const script = new Script('run()');
  return work => {
    const done: { value: ReturnType<typeof work> }[] = [];
    job = () => {
      done.push({ value: work() });
    };
    try {
      script.runInContext(context, { timeout: limitMs });
    } catch (error) {
      if (!isTimeout(error)) throw error;
    } finally {
      job = () => {};
    }
    return done[0];
  };
}

// The error comes out of the other context: it is no `instanceof Error` of ours.
const isTimeout = (error: unknown): boolean =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';
