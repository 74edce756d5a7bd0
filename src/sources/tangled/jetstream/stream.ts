import type { Clock } from '../../../contracts/clock.ts';
import type { NewEvent } from '../../../domain/event.ts';
import { type FollowNeeds, follow } from '../follow.ts';
import type { Net } from '../net.ts';
import type { Identities } from '../network/identity.ts';
import type { Network } from '../network/network.ts';
import { collections } from '../network/records.ts';
import { type PullNeeds, readPull } from '../pull/pull.ts';
import { type JetstreamMessage, readMessage } from './message.ts';

export interface JetstreamNeeds extends FollowNeeds, PullNeeds {
  readonly net: Net;
  readonly clock: Clock;
  readonly identities: Pick<Identities, 'forget'>;
  readonly network: Pick<Network, 'isMember' | 'readRepos' | 'reconcile'>;
  readonly settings: PullNeeds['settings'] & { readonly jetstream: string; readonly owner: string };
  /** Keeps how far it was heard, with the event that came of it, if one did. */
  readonly keep: (at: number, event: NewEvent | null) => Promise<void>;
}

/** Jetstream keeps about this much; of an older mark nothing is left, and looking finds what matters. */
const longestGapMs = 2 * 24 * 3_600_000;
/** Without news the mark is kept this often: what comes twice after a crash does no harm. */
const keepEveryMs = 60_000;

/**
 * Listens to the changes of records in the whole network. Each is a hint only: late and repeated ones come as well, so
 * that what counts is read from its author's own server.
 */
export async function followJetstream(
  needs: JetstreamNeeds,
  from: number | null,
  signal: AbortSignal,
): Promise<void> {
  const { gauge, clock, settings } = needs;
  let cursor = from;
  let keptAt = from === null ? Number.NEGATIVE_INFINITY : clock.now();
  await follow(
    needs,
    () => address(settings.jetstream, cursor, clock.now()),
    async text => {
      const message = readMessage(text);
      if (message === null) return false;
      gauge.heard(message.at / 1000);
      const event = await take(needs, message, signal);
      cursor = message.at + 1;
      if (event !== null || clock.now() - keptAt >= keepEveryMs) {
        await needs.keep(cursor, event);
        keptAt = clock.now();
      }
      return true;
    },
    signal,
  );
}

function address(base: string, cursor: number | null, now: number): URL {
  const url = new URL(base);
  if (url.pathname === '/') url.pathname = '/subscribe';
  for (const collection of Object.values(collections))
    url.searchParams.append('wantedCollections', collection);
  if (cursor !== null && cursor / 1000 > now - longestGapMs) url.searchParams.set('cursor', String(cursor));
  return url;
}

async function take(
  needs: JetstreamNeeds,
  message: JetstreamMessage,
  signal: AbortSignal,
): Promise<NewEvent | null> {
  const { did } = message;
  const { network, identities, settings, clock } = needs;
  if (message.kind === 'account') {
    identities.forget(did);
    return null;
  }
  switch (message.collection) {
    case collections.member:
      if (did === settings.owner) await network.reconcile(signal);
      return null;
    case collections.repo:
    case collections.collaborator:
      if (network.isMember(did)) await network.readRepos(did, clock.now(), signal);
      return null;
    case collections.pull:
      return message.record === null ? null : readPull(needs, message, signal);
    default:
      return null;
  }
}
