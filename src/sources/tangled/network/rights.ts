import type { KnotApi } from '../knot/api.ts';
import type { Network } from './network.ts';
import type { TangledRepo } from './repo.ts';
import { findRepo } from './watch-list.ts';

/** Who may do what to the repositories that are watched. Asked anew for every change: rights that were taken away end at once. */
export interface Rights {
  /** A watched repository by its DID, the at-uri of its record, or `owner DID/name`; undefined: none is. */
  find(reference: string): TangledRepo | undefined;
  /** Throws `unavailable` when its knot does not answer: then nobody but the owner may. */
  mayPush(did: string, repo: TangledRepo, signal: AbortSignal): Promise<boolean>;
  /** Such as secrets. The same promise. */
  maySettings(did: string, repo: TangledRepo, signal: AbortSignal): Promise<boolean>;
}

export function createRights(network: Pick<Network, 'list'>, knots: Pick<KnotApi, 'collaborators'>): Rights {
  async function isCollaborator(did: string, repo: TangledRepo, signal: AbortSignal): Promise<boolean> {
    const { ownerDid, repoDid, knot } = repo;
    if (did === ownerDid) return true;
    if (repoDid === null) return repo.collaborators.includes(did);
    // Later knots keep them; of earlier ones the owner's records are all there is.
    const there = await knots.collaborators(knot, repoDid, signal);
    return there?.includes(did) ?? network.list().rights[repoDid]?.[did] ?? repo.collaborators.includes(did);
  }

  return {
    find: reference => findRepo(network.list(), reference),
    mayPush: isCollaborator,
    // Tangled gives collaborators both.
    maySettings: isCollaborator,
  };
}
