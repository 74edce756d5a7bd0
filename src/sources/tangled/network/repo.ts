import type { Repo } from '../../../domain/event.ts';
import type { Net } from '../net.ts';
import { collections } from './records.ts';

/** A repository in Tangled, as far as it is known. */
export interface TangledRepo {
  readonly ownerDid: string;
  /** Null where none leads back to the owner. */
  readonly ownerHandle: string | null;
  /** Of its record; null where only its knot has told of it. */
  readonly rkey: string | null;
  readonly name: string | null;
  /** Repositories of the first generation have none. */
  readonly repoDid: string | null;
  /** Host. */
  readonly knot: string;
  /** Whom records of its owner name. */
  readonly collaborators: readonly string[];
}

/** The at-uri of its record; null where there is none. */
export const repoUri = ({ ownerDid, rkey }: Pick<TangledRepo, 'ownerDid' | 'rkey'>): string | null =>
  rkey === null ? null : `at://${ownerDid}/${collections.repo}/${rkey}`;

/** As the rest of the house knows it. */
export function houseRepo(
  net: Pick<Net, 'at'>,
  repo: TangledRepo,
  defaultBranch: string | null,
  /** Knots of the first generation serve repositories under owner and name, later ones under the repository's own DID. */
  isFirstGeneration: boolean,
): Repo {
  const { ownerDid, ownerHandle, name, repoDid, knot } = repo;
  const isByName = repoDid === null || (isFirstGeneration && name !== null);
  return {
    forge: 'tangled',
    name: `${ownerHandle ?? ownerDid}/${name ?? repoDid ?? ''}`,
    url: net.at(knot, isByName ? `/${ownerDid}/${name ?? ''}` : `/${repoDid}`).href,
    defaultBranch,
  };
}
