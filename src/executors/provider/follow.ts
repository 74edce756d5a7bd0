import type { Clock } from '../../contracts/clock.ts';
import type { Build, BuildNow, Provider } from '../../contracts/provider.ts';
import { SignalboxError } from '../../domain/errors.ts';
import { duration } from '../../domain/report.ts';
import type { Ending } from '../../domain/run.ts';
import type { StopReason } from '../stop-request.ts';
import type { Steps } from './steps.ts';
import type { Transcript } from './transcript.ts';

export interface FollowedLogs {
  /** How often the logs of jobs that run are looked at, and those of a build that is over until all is read. */
  readonly everyMs: number;
  readonly lagMs: number;
  /** When a build is over its logs are read for so long at most: who waits for its ending waits for them. */
  readonly drainMs: number;
}

export interface FollowNeeds {
  readonly provider: Pick<Provider, 'name' | 'observe'>;
  readonly transcript: Pick<Transcript, 'say'>;
  readonly steps: Steps;
  readonly clock: Pick<Clock, 'sleep'>;
  readonly logs: FollowedLogs;
}

/** Without jobs that print, news alone wakes. */
const idleMs = 60_000;

/**
 * Sees a build to its end, and the logs of its jobs. They are read beside: however slow that is, the ending is heard of,
 * and once it is known it is what comes of the run. `signal` aborts with a `StopReason`.
 */
export async function follow(needs: FollowNeeds, build: Build, signal: AbortSignal): Promise<Ending> {
  const { provider, transcript, steps, clock, logs } = needs;
  const over = new AbortController();
  const drained = new AbortController();
  const reading = AbortSignal.any([signal, drained.signal]);
  let now: BuildNow = { jobs: [], waitsFor: null, ending: null };
  let news = new AbortController();

  async function watch(until: AbortSignal): Promise<void> {
    for await (const seen of provider.observe(build, until)) {
      const { waitsFor, ending } = seen;
      if (waitsFor !== null && waitsFor !== now.waitsFor) await transcript.say(waitsFor);
      now = seen;
      news.abort();
      if (ending === null) continue;
      await clock.sleep(logs.drainMs, until);
      throw new SignalboxError('unavailable', `reading it took longer than ${duration(logs.drainMs)}`);
    }
    throw new SignalboxError('internal', `${provider.name} has lost sight of ${build.id}`);
  }

  async function read(): Promise<Ending> {
    for (;;) {
      const seen = now;
      const isGrowing = await steps.catchUp(build, seen, reading);
      if (seen.ending !== null && !isGrowing) return seen.ending;
      if (seen === now) {
        const ms = seen.ending === null ? logs.everyMs : Math.min(logs.everyMs, logs.lagMs);
        news = new AbortController();
        const waking = AbortSignal.any([reading, news.signal]);
        await clock.sleep(isGrowing ? ms : idleMs, waking).catch(() => undefined);
      }
      reading.throwIfAborted();
    }
  }

  const watching = watch(AbortSignal.any([signal, over.signal])).catch(error => drained.abort(error));
  try {
    return await read();
  } catch (error) {
    const { ending } = now;
    if (ending === null) throw error;
    const stop: StopReason | undefined = signal.aborted ? signal.reason : undefined;
    // The log of this attempt is closed, or its successor's.
    if (stop === 'cancelled') return ending;
    await steps.leave(now);
    const why = stop === 'timeout' ? 'the time of the run was over' : SignalboxError.from(error).message;
    await transcript.say(`the rest of the log is at ${build.url ?? provider.name}: ${why}`);
    return ending;
  } finally {
    over.abort();
    await watching;
  }
}
