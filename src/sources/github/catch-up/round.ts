import type { Clock } from '../../../contracts/clock.ts';
import type { Found } from '../../../contracts/source.ts';
import type { Store } from '../../../contracts/store.ts';
import type { Delivery } from '../../../domain/delivery.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import { deliveryId } from '../../../domain/id.ts';
import { readWebhook } from '../../forge/receive.ts';
import { github } from '../source.ts';
import type { GithubApi } from './api.ts';
import { leadsHere } from './leads-here.ts';
import { findMissed } from './missed.ts';
import { hooksOf, sentBy } from './questions.ts';
import { type CatchUpSettings, type Place, placesOf } from './settings.ts';
import type { Hook, Listed } from './wire.ts';

/** By the path of each hook, up to when all of its deliveries are settled; milliseconds since 1970, by GitHub's clock. */
export type Position = Readonly<Record<string, number>>;

/** What a round has found, and where it stands with it. */
export type Step = Found & { readonly position: Position };

export interface RoundNeeds {
  readonly api: GithubApi;
  readonly clock: Pick<Clock, 'now' | 'unique'>;
  readonly store: Pick<Store, 'repos' | 'knownDeliveries'>;
  /** What stands in the way at one place; the rest goes on. */
  readonly tell: (place: string, error: SignalboxError) => void;
  /** How often each delivery was asked for and not answered; it outlives the round. */
  readonly unanswered: Map<string, number>;
}

/** A delivery that was not answered so often, over some minutes, is passed over when GitHub gives a later one. */
const mostTries = 5;

/**
 * Asks every place once, and finds what never arrived. Its last word is where it stands when there is nothing left.
 * Throws what stands in the way everywhere: no answer, no rights at all, the rate limit.
 */
export async function* catchUpRound(
  needs: RoundNeeds,
  settings: CatchUpSettings,
  from: Position,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  let position = from;
  for (const place of await placesOf(needs.store, settings))
    try {
      const hooks = await hooksOf(needs.api, place.path, signal);
      position = withoutGone(position, place, hooks);
      for (const hook of hooks)
        for await (const found of catchUpHook(needs, settings, { place, hook }, position, signal)) {
          position = found.position;
          if (found.events.length > 0) yield found;
        }
    } catch (error) {
      const known = SignalboxError.from(error);
      if (signal.aborted || standsEverywhere(known)) throw error;
      if (place.isExpected) needs.tell(place.path, known);
    }
  yield { events: [], delivery: null, position };
}

async function* catchUpHook(
  needs: RoundNeeds,
  settings: CatchUpSettings,
  { place, hook }: { readonly place: Place; readonly hook: Hook },
  position: Position,
  signal: AbortSignal,
): AsyncGenerator<Step> {
  const isOurs = leadsHere(hook.url, settings.hookUrl);
  if (isOurs === false) return;
  const path = pathOf(place, hook);
  const known = (guids: readonly string[]) => needs.store.knownDeliveries('github', guids);
  const since = position[path] ?? null;
  const missed = await findMissed(
    { api: needs.api, known },
    { path, since, isOurs: isOurs === true },
    signal,
  );
  if (missed === null) return;
  const at = (time: number): Position => ({ ...position, [path]: Math.min(time, missed.settledAt) });
  if (missed.isCutOff)
    needs.tell(
      path,
      new SignalboxError(
        'too_large',
        `${path} of GitHub has more deliveries than can be caught up: the oldest are left out`,
      ),
    );
  const passedOver = new Map<string, SignalboxError>();
  for (const listed of missed.deliveries) {
    const which = `${path}/deliveries/${listed.id}`;
    const fetched = await fetchDelivery(needs, settings, { path: which, listed }, signal);
    if (fetched.result === 'unreadable') needs.tell(which, fetched.error);
    if (fetched.result === 'unanswered') passedOver.set(which, fetched.error);
    if (fetched.result !== 'fetched') continue;
    for (const [which, error] of passedOver) needs.tell(which, error);
    passedOver.clear();
    yield { ...fetched.found, position: at(listed.deliveredAt) };
  }
  for (const error of passedOver.values()) throw error;
  yield { events: [], delivery: null, position: at(missed.settledAt) };
}

type Fetched =
  | { readonly result: 'fetched'; readonly found: Pick<Found, 'events' | 'delivery'> }
  /** It cannot be had, or not be read, and never will. */
  | { readonly result: 'unreadable'; readonly error: SignalboxError }
  /** Once more, after many times. */
  | { readonly result: 'unanswered'; readonly error: SignalboxError };

/** The delivery as if it had come by the door. */
async function fetchDelivery(
  needs: RoundNeeds,
  { api, mostBytes }: CatchUpSettings,
  { path, listed }: { readonly path: string; readonly listed: Listed },
  signal: AbortSignal,
): Promise<Fetched> {
  try {
    const { headers, payload } = await sentBy(needs.api, path, mostBytes, signal);
    const told = {
      ...headers,
      'content-type': 'application/json',
      'x-github-event': listed.event,
      'x-github-delivery': listed.guid,
    };
    const delivery: Delivery = {
      id: deliveryId(needs.clock.unique()),
      source: 'github',
      receivedAt: needs.clock.now(),
      peer: needs.api.host,
      // As it would have come, so that it can also be sent again.
      method: 'POST',
      path: '/github',
      headers: Object.entries(told),
      body: Buffer.from(JSON.stringify(payload)),
    };
    const authentication = { result: 'fetched', from: api + path } as const;
    const received = readWebhook(github, delivery, authentication);
    if (received.result === 'rejected')
      throw new SignalboxError('invalid', `${path} of GitHub cannot be caught up: ${received.reason}`);
    needs.unanswered.delete(path);
    return {
      result: 'fetched',
      found: { events: [{ ...received.event, caughtUp: true }], delivery: { delivery, authentication } },
    };
  } catch (cause) {
    const error = SignalboxError.from(cause);
    if (signal.aborted) throw cause;
    if (error.code === 'unavailable') {
      const tries = (needs.unanswered.get(path) ?? 0) + 1;
      needs.unanswered.set(path, tries);
      if (tries > mostTries) return { result: 'unanswered', error };
    }
    if (standsEverywhere(error)) throw cause;
    return { result: 'unreadable', error };
  }
}

/** A hook that was deleted is forgotten. */
function withoutGone(position: Position, place: Place, hooks: readonly Hook[]): Position {
  const there = new Set(hooks.map(hook => pathOf(place, hook)));
  return Object.fromEntries(
    Object.entries(position).filter(([path]) => !path.startsWith(`${place.path}/hooks/`) || there.has(path)),
  );
}

const pathOf = (place: Place, hook: Hook): string => `${place.path}/hooks/${hook.id}`;

/** Whether asking on would meet the same. */
function standsEverywhere({ code }: SignalboxError): boolean {
  switch (code) {
    case 'overloaded':
    case 'unavailable':
    case 'unauthenticated':
    case 'corrupt':
    case 'internal':
      return true;
    case 'invalid':
    case 'forbidden':
    case 'not_found':
    case 'conflict':
    case 'too_large':
      return false;
  }
}
