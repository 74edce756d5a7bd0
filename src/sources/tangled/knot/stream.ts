import type { Clock } from '../../../contracts/clock.ts';
import type { StoredDelivery } from '../../../contracts/store.ts';
import type { NewEvent } from '../../../domain/event.ts';
import { deliveryId } from '../../../domain/id.ts';
import { type FollowNeeds, follow } from '../follow.ts';
import type { Net } from '../net.ts';
import type { KnotPosition } from '../position.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { pairPush } from './pairs.ts';
import { type KnotTold, type ReadEventNeeds, readKnotEvent } from './read-event.ts';

export interface KnotStreamNeeds extends FollowNeeds, ReadEventNeeds {
  readonly net: Net;
  readonly clock: Clock;
  /** Keeps how far the knot was read, with the event that came of it, if one did. */
  readonly keep: (
    position: KnotPosition,
    event: NewEvent | null,
    delivery: StoredDelivery | null,
  ) => Promise<void>;
}

/**
 * A knot that is followed for the first time is asked for this much of its past, and one that does not say when its
 * events were made for this much again after each break: clocks differ, and somebody may have pushed just before.
 */
const overlapMs = 60_000;
/** What asks for nothing moves the mark on disk this often: what comes twice after a crash does no harm. */
const keepEveryMs = 5_000;
/** Events that came twice because of the overlap are among so many. */
const mostRecent = 4096;

/** Follows the events of a knot until the signal. */
export async function followKnot(
  needs: KnotStreamNeeds,
  knot: string,
  from: KnotPosition | null,
  signal: AbortSignal,
): Promise<void> {
  const { clock, gauge, net } = needs;
  const recent = new Set<string>();
  let keptAt = clock.now();
  let position: KnotPosition = from ?? { cursor: String(before(clock.now())), pushes: [] };
  // Where it began counts also if nothing comes before the next start.
  if (from === null) await needs.keep(position, null, null);
  const address = (): URL => net.at(knot, `/events?cursor=${position.cursor}`, 'ws');

  await follow(
    needs,
    address,
    async text => {
      const envelope = readEnvelope(text);
      if (envelope === null) return false;
      gauge.heard(envelope.created === null ? null : Number(envelope.created / 1_000_000n));
      const key = `${envelope.nsid} ${envelope.rkey}`;
      const told: KnotTold = recent.has(key)
        ? { result: 'nothing' }
        : await readKnotEvent(needs, knot, envelope, signal);
      if (told.result === 'stranger') gauge.stranger();

      const next = after(position, envelope, clock.now());
      const { event, pushes } = settle(next.pushes, told, envelope.rkey, clock.now());
      position = { cursor: next.cursor, pushes };
      if (event !== null || clock.now() - keptAt >= keepEveryMs) {
        await needs.keep(position, event, event && delivery(clock, address(), text));
        keptAt = clock.now();
      }
      recent.add(key);
      const [oldest] = recent;
      if (recent.size > mostRecent && oldest !== undefined) recent.delete(oldest);
      return true;
    },
    signal,
  );
}

/** The event under the id of its push, whichever way that was told first. */
function settle(
  pushes: KnotPosition['pushes'],
  told: KnotTold,
  rkey: string,
  now: number,
): { readonly event: NewEvent | null; readonly pushes: KnotPosition['pushes'] } {
  if (told.result !== 'event') return { event: null, pushes };
  const { event, push } = told;
  if (push === null || event.deliveryId === null) return { event, pushes };
  const { id, seen } = pairPush(pushes, { ...push, rkey, id: event.deliveryId, at: now });
  return { event: { ...event, deliveryId: id }, pushes: seen };
}

function after(position: KnotPosition, { created }: Envelope, now: number): KnotPosition {
  const here = BigInt(now) * 1_000_000n;
  // A time to come would have the knot leave out all until then: what is given again is known by its id.
  const next = created === null ? before(now) : created < here ? created : here;
  return next > BigInt(position.cursor) ? { ...position, cursor: String(next) } : position;
}

const before = (now: number): bigint => BigInt(now - overlapMs) * 1_000_000n;

/** The frame as it came, to be looked at later. */
function delivery(clock: Clock, url: URL, text: string): StoredDelivery {
  return {
    delivery: {
      id: deliveryId(clock.unique()),
      source: 'tangled',
      receivedAt: clock.now(),
      peer: url.host,
      method: 'GET',
      path: url.pathname,
      headers: [['content-type', 'application/json']],
      body: Buffer.from(text),
    },
    authentication: { result: 'fetched', from: url.origin + url.pathname },
  };
}
