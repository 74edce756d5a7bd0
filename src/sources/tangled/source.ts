import type { Clock } from '../../contracts/clock.ts';
import type { Found, StreamSource, StreamState } from '../../contracts/source.ts';
import type { SpindleCalls } from '../../contracts/spindle-calls.ts';
import type { UsedTokenStore } from '../../contracts/used-token-store.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Json } from '../../domain/json.ts';
import { createCalls } from './calls/calls.ts';
import { createGauge, type Gauge } from './gauge.ts';
import { createHandover, type Handover } from './handover.ts';
import { followJetstream } from './jetstream/stream.ts';
import { createKnotApi } from './knot/api.ts';
import { createFleet } from './knot/fleet.ts';
import { followKnot } from './knot/stream.ts';
import { createNet } from './net.ts';
import { createIdentities } from './network/identity.ts';
import { createNetwork } from './network/network.ts';
import { createPds } from './network/pds.ts';
import { createRights, type Rights } from './network/rights.ts';
import { type Position, positionJson, readPosition } from './position.ts';
import { createProblems } from './problems.ts';
import type { TangledSettings } from './settings.ts';
import { type SocketLimits, socketLimits } from './socket.ts';
import { createTids } from './tid.ts';
import type { ReadFolder } from './workflow-files.ts';

export interface TangledOptions {
  readonly settings: TangledSettings;
  readonly readFolder: ReadFolder;
  readonly clock: Clock;
  readonly usedTokens: UsedTokenStore;
  /** Hears each new problem once. */
  readonly trouble: (error: unknown) => void;
}

/** How listening to Tangled goes. */
export interface TangledState {
  /** When members and repositories were looked through last; null: not yet. Milliseconds since 1970. */
  readonly lastAt: number | null;
  readonly problems: readonly string[];
}

export interface TangledSource extends StreamSource {
  readonly state: () => TangledState;
  readonly streams: () => readonly StreamState[];
  /** Looks through members and repositories now. */
  readonly reconcile: () => void;
  readonly rights: Rights;
  /** For who calls the methods of this spindle. */
  readonly calls: SpindleCalls;
}

/** What has come, and where that leaves the source. */
interface Item extends Pick<Found, 'events' | 'delivery'> {
  readonly move: (position: Position) => Position;
}

/**
 * Everything by which a spindle learns what to run: the events of knots, pull requests by way of Jetstream, and the
 * records that say whom it works for. Where each was left is stored with the events.
 */
export function createTangledSource(
  options: TangledOptions,
  limits: SocketLimits = socketLimits,
): TangledSource {
  const { settings, clock, readFolder, usedTokens } = options;
  const now = (): number => clock.now();
  const problems = createProblems(options.trouble);
  const net = createNet(settings);
  const identities = createIdentities({ ...settings, net, now });
  const pds = createPds(net, identities);
  const knots = createKnotApi(net);
  const gauges = new Map<string, Gauge>();
  let changed = Promise.withResolvers<void>();
  let asked = Promise.withResolvers<void>();
  const network = createNetwork({
    settings,
    identities,
    pds,
    knots,
    problems,
    now,
    changed: () => changed.resolve(),
  });
  const rights = createRights(network, knots);
  const making = { net, settings, clock, readFolder, tid: createTids(now), knots };
  const asking = { identities, pds, knots, rights };
  const { documents } = identities;
  const { hostname } = settings;
  const calls = createCalls({ ...asking, documents, now, usedTokens, making, hostname });
  const shared = { ...making, ...asking, network, now, limits };

  function gaugeOf(name: string): Gauge {
    const gauge = gauges.get(name) ?? createGauge(name, problems, now);
    gauges.set(name, gauge);
    return gauge;
  }

  async function* listen(from: Json, signal: AbortSignal): AsyncGenerator<Found> {
    let position = readPosition(from);
    const items = createHandover<Item>();
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    network.restore(position.watched);
    // What fails in one of them is a mistake of ours: it ends them all, and whoever listens hears of it.
    const failures: SignalboxError[] = [];
    const tasks = [
      watchKnots(() => position, items, either),
      lookThrough(either),
      ...(settings.jetstream === null ? [] : [hear(settings.jetstream, position.jetstream, items, either)]),
    ].map(task =>
      task.catch((error: unknown) => {
        if (!either.aborted) failures.push(SignalboxError.from(error));
        over.abort();
      }),
    );
    try {
      for (;;) {
        const item = await items.take(either);
        if (item === undefined) break;
        position = item.move({ ...position, watched: network.list() });
        yield { events: item.events, delivery: item.delivery, position: positionJson(position) };
      }
    } finally {
      over.abort();
      await Promise.all(tasks);
    }
    const [failure] = failures;
    if (failure !== undefined) throw failure;
  }

  /** Follows the knots of all watched repositories, and those that the settings name. */
  async function watchKnots(
    position: () => Position,
    items: Handover<Item>,
    signal: AbortSignal,
  ): Promise<void> {
    const fleet = createFleet(async (knot, unwanted) => {
      const either = AbortSignal.any([signal, unwanted]);
      const keep: Parameters<typeof followKnot>[0]['keep'] = (left, event, delivery) =>
        items.give(
          {
            events: event === null ? [] : [event],
            delivery,
            move: position => ({ ...position, knots: { ...position.knots, [knot]: left } }),
          },
          either,
        );
      const needs = { ...shared, keep, gauge: gaugeOf(knot) };
      await followKnot(needs, knot, position().knots[knot] ?? null, either).catch((error: unknown) => {
        if (!either.aborted) throw error;
      });
    });
    try {
      while (!signal.aborted) {
        changed = Promise.withResolvers();
        const wanted = wantedKnots();
        fleet.follow(wanted);
        for (const [name, gauge] of gauges) {
          if (name === jetstreamName || wanted.has(name)) continue;
          gauge.gone();
          gauges.delete(name);
        }
        const stored = position();
        const isLeft = Object.keys(stored.knots).some(knot => !wanted.has(knot));
        // Who comes back after a long time begins anew. Nothing is forgotten before the records were read.
        if (network.lastAt() !== null && (isLeft || stored.watched !== network.list()))
          await items.give(
            {
              events: [],
              delivery: null,
              move: position => ({
                ...position,
                knots: Object.fromEntries(
                  Object.entries(position.knots).filter(([knot]) => wanted.has(knot)),
                ),
              }),
            },
            signal,
          );
        await untilEither(changed.promise, signal);
      }
    } finally {
      await fleet.end();
    }
  }

  /** While nothing is known of the records, events of their repositories would be turned away. */
  function wantedKnots(): ReadonlySet<string> {
    const isReady = network.isReady();
    return new Set([
      ...(isReady || settings.trustsKnots ? settings.knots : []),
      ...(isReady ? network.list().repos.map(({ knot }) => knot) : []),
    ]);
  }

  async function lookThrough(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      asked = Promise.withResolvers();
      await network.reconcile(signal);
      changed.resolve();
      const slept = clock.sleep(settings.reconcileMs, signal).catch(() => undefined);
      await Promise.race([slept, untilEither(asked.promise, signal)]);
    }
  }

  async function hear(
    jetstream: string,
    from: number | null,
    items: Handover<Item>,
    signal: AbortSignal,
  ): Promise<void> {
    await followJetstream(
      {
        ...shared,
        settings: { ...settings, jetstream },
        gauge: gaugeOf(jetstreamName),
        keep: (at, event) =>
          items.give(
            {
              events: event === null ? [] : [event],
              delivery: null,
              move: position => ({ ...position, jetstream: at }),
            },
            signal,
          ),
      },
      from,
      signal,
    );
  }

  return {
    kind: 'stream',
    name: 'tangled',
    listen,
    rights,
    calls,
    reconcile: () => asked.resolve(),
    state: () => ({ lastAt: network.lastAt(), problems: problems.shown() }),
    streams: () => [...gauges.values()].map(({ state }) => state()),
  };
}

const jetstreamName = 'jetstream';

/** Resolves when the promise does, or the signal aborts. */
async function untilEither(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise: stopped, resolve } = Promise.withResolvers<void>();
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop, { once: true });
  await Promise.race([promise, stopped]);
  signal.removeEventListener('abort', stop);
}
