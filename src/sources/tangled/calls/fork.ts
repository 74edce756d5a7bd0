import { SignalboxError } from '../../../domain/errors.ts';
import { cut } from '../../../domain/shown.ts';
import type { KnotApi } from '../knot/api.ts';
import type { Net } from '../net.ts';
import { isDid } from '../network/did.ts';
import type { Identities } from '../network/identity.ts';
import type { Pds } from '../network/pds.ts';
import { collections, repoRecord } from '../network/records.ts';

export interface ForkNeeds {
  readonly net: Pick<Net, 'at'>;
  readonly identities: Pick<Identities, 'of'>;
  readonly knots: Pick<KnotApi, 'describe'>;
  readonly pds: Pick<Pds, 'record'>;
}

/**
 * Where a repository that nobody here watches is cloned from: one whose DID, knot and record agree that it is one.
 * Throws `invalid` when they do not.
 */
export async function forkUrl(needs: ForkNeeds, did: string, signal: AbortSignal): Promise<string> {
  if (!isDid(did)) throw no(did, 'it is no DID');
  const { knot } = await needs.identities.of(did, signal);
  if (knot === null) throw no(did, 'its DID leads to no knot');
  const { repoDid, ownerDid, rkey } = await needs.knots.describe(knot, did, signal);
  if (repoDid !== did || !isDid(ownerDid)) throw no(did, `its knot ${knot} describes another one`);
  const record = await needs.pds.record(ownerDid, collections.repo, rkey, repoRecord, signal);
  if (record === null || record.repoDid !== did || record.knot !== knot)
    throw no(did, `its owner ${ownerDid} has no record of it on ${knot}`);
  return needs.net.at(knot, `/${did}`).href;
}

const no = (did: string, why: string): SignalboxError =>
  new SignalboxError('invalid', `${cut(did)} is not taken for a fork: ${why}`);
