import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Gauge } from './gauge.ts';
import type { Net } from './net.ts';
import { openSocket, type SocketLimits } from './socket.ts';

export interface FollowNeeds {
  readonly net: Pick<Net, 'agentFor'>;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly limits: SocketLimits;
  readonly gauge: Gauge;
}

/**
 * Wait before the n-th try:
 *
 *   1        2        3     4     5     6     7      8      then
 *   250 ms   500 ms   1 s   2 s   4 s   8 s   16 s   32 s   60 s …
 *
 * A frame that could be read begins them anew.
 */
const firstWaitMs = 250;
const longestWaitMs = 60_000;

/**
 * Follows a stream until the signal, and comes back whenever it ends. `read` is given one text after the other; false,
 * or an error, means that it cannot be read: it is counted, and left out.
 */
export async function follow(
  needs: FollowNeeds,
  url: () => URL,
  read: (text: string) => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const { net, clock, limits, gauge } = needs;
  for (let waitMs = firstWaitMs; !signal.aborted; ) {
    let problem = 'the connection was closed: it is tried again';
    try {
      for await (const frame of openSocket(net, url(), limits, () => gauge.connected(), signal)) {
        const why = frame.kind === 'text' ? await tried(() => read(frame.text), signal) : frame.why;
        if (why === null) waitMs = firstWaitMs;
        else gauge.skipped(why);
      }
    } catch (error) {
      if (signal.aborted) return;
      problem = SignalboxError.from(error).message;
    }
    if (signal.aborted) return;
    gauge.lost(problem);
    await clock.sleep(waitMs, signal).catch(() => undefined);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  }
}

/** Why a frame could not be read; null when it was. */
async function tried(read: () => Promise<boolean>, signal: AbortSignal): Promise<string | null> {
  try {
    return (await read()) ? null : 'a frame that is no event';
  } catch (error) {
    signal.throwIfAborted();
    return SignalboxError.from(error).message;
  }
}
