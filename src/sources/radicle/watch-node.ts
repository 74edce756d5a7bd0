import { existsSync } from 'node:fs';
import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Desk } from './desk.ts';
import { readNodeLine } from './node-line.ts';
import { subscribe } from './node-socket.ts';

export interface WatchNeeds {
  readonly desk: Pick<Desk, 'hint' | 'all'>;
  readonly clock: Pick<Clock, 'sleep'>;
  /** Hears whether the node is heard, and if not, why. */
  readonly heard: (problem: string | null) => void;
}

/**
 * Wait before the n-th try, while the socket is there (it is not, while the node is stopped, for three times as long):
 *
 *   1        2        3     4     5     then
 *   250 ms   500 ms   1 s   2 s   4 s   5 s …
 */
const firstWaitMs = 250;
const longestWaitMs = 5_000;
const absentFactor = 3;

/**
 * Listens to the node until the signal, and comes back whenever it went away. Events of the time between are gone for
 * good, so each time everything is to be looked at.
 */
export async function watchNode(needs: WatchNeeds, socketPath: string, signal: AbortSignal): Promise<void> {
  for (let waitMs = firstWaitMs; !signal.aborted; ) {
    let problem = `the Radicle node at ${socketPath} has gone away: it is tried again`;
    try {
      using events = await subscribe(socketPath, signal);
      needs.heard(null);
      needs.desk.all();
      for await (const text of events.lines) {
        waitMs = firstWaitMs;
        const line = readNodeLine(text);
        if (line.kind === 'hint')
          needs.desk.hint(line.rid, { ...line, told: [{ line: text, about: line.about }] });
        if (line.kind === 'error') problem = `the Radicle node at ${socketPath} says: ${line.text}`;
      }
    } catch (error) {
      problem = SignalboxError.from(error).message;
    }
    if (signal.aborted) return;
    needs.heard(problem);
    const factor = existsSync(socketPath) ? 1 : absentFactor;
    await needs.clock.sleep(waitMs * factor, signal).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}
