import { z } from 'zod';
import { isDid, readAtUri } from './did.ts';
import { collections } from './records.ts';
import { repoUri, type TangledRepo } from './repo.ts';

/** Who may use this spindle, and what is watched for them. It can be stored as it is. */
export interface WatchList {
  /** Whom the owner's records name. */
  readonly invited: readonly string[];
  /** Of members, in which they have chosen this spindle. */
  readonly repos: readonly TangledRepo[];
  /** What trusted knots have told of, newest last. */
  readonly told: readonly TangledRepo[];
  /** What knots have told of collaborators, by the repository's DID; it goes before what records say. */
  readonly rights: Readonly<Record<string, Readonly<Record<string, boolean>>>>;
}

export const emptyWatchList: WatchList = { invited: [], repos: [], told: [], rights: {} };

/** What names a repository in an event. */
export interface RepoNames {
  /** Null where only the repository's own DID is told. */
  readonly ownerDid: string | null;
  readonly name: string | null;
  readonly repoDid: string | null;
}

/** Whether an event that says so is about this repository. */
export function isNamed(repo: TangledRepo, { ownerDid, name, repoDid }: RepoNames): boolean {
  if (repoDid !== null && repo.repoDid !== null) return repo.repoDid === repoDid;
  // Of repositories without a name the record's key is one.
  return ownerDid === repo.ownerDid && name !== null && (repo.name === name || repo.rkey === name);
}

/** The repository that a caller names: by its DID, by the at-uri of its record, or as `owner DID/name`. */
export function findRepo(list: WatchList, reference: string): TangledRepo | undefined {
  const all = [...list.repos, ...list.told];
  if (isDid(reference)) return all.find(({ repoDid }) => repoDid === reference);
  const uri = readAtUri(reference);
  if (uri !== null)
    return uri.collection === collections.repo
      ? all.find(repo => repoUri(repo) === reference || isNamed(repo, { ...byName(uri), repoDid: null }))
      : undefined;
  const [ownerDid = '', name = ''] = reference.split('/');
  return all.find(repo => isNamed(repo, { ownerDid, name, repoDid: null }));
}

const byName = ({ did, rkey }: { readonly did: string; readonly rkey: string }) => ({
  ownerDid: did,
  name: rkey,
});

const repo: z.ZodType<TangledRepo> = z.object({
  ownerDid: z.string(),
  ownerHandle: z.string().nullable(),
  rkey: z.string().nullable(),
  name: z.string().nullable(),
  repoDid: z.string().nullable(),
  knot: z.string(),
  collaborators: z.array(z.string()),
});

/** Reads a stored one. */
export const watchListSchema: z.ZodType<WatchList> = z.object({
  invited: z.array(z.string()),
  repos: z.array(repo),
  told: z.array(repo),
  rights: z.record(z.string(), z.record(z.string(), z.boolean())),
});
