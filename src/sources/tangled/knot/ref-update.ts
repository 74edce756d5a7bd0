import { z } from 'zod';
import { name, nameOrNull, reference, referenceOrNull } from '../lenient.ts';

/**
 * The record `sh.tangled.git.refUpdate`. Knots of the first generation write the owner's DID into `repoDid` and the
 * repository's name into `repoName`; later ones the repository's own DID into `repo`.
 */
const record = z.object({
  ref: reference.refine(ref => ref !== ''),
  committerDid: referenceOrNull,
  ownerDid: referenceOrNull,
  repo: referenceOrNull,
  repoDid: referenceOrNull,
  repoName: nameOrNull,
  oldSha: name,
  newSha: name,
  changedFiles: z.array(z.string()).nullish(),
  pushOptions: z.array(z.string()).nullish(),
  meta: z.object({ isDefaultRef: z.boolean().nullish() }).nullish(),
});

export interface RefUpdate {
  readonly ref: string;
  readonly oldSha: string;
  readonly newSha: string;
  readonly committerDid: string | null;
  readonly ownerDid: string | null;
  readonly repoDid: string | null;
  readonly name: string | null;
  /** Null when the knot does not say. */
  readonly changed: readonly string[] | null;
  readonly pushOptions: readonly string[];
  readonly isDefaultRef: boolean;
  /** Whether the knot is one that compiles workflows itself: then this is news, and no reason to run anything. */
  readonly isNewsOnly: boolean;
}

/** Null when it cannot be read. Never throws. */
export function readRefUpdate(event: unknown): RefUpdate | null {
  const read = record.safeParse(event);
  if (!read.success) return null;
  const { ref, oldSha, newSha, committerDid, ownerDid, repo, repoDid, repoName, meta, ...told } = read.data;
  const isFirstGeneration = repo === null && repoName !== null;
  return {
    ref,
    oldSha,
    newSha,
    committerDid,
    ownerDid: isFirstGeneration ? (ownerDid ?? repoDid) : ownerDid,
    repoDid: isFirstGeneration ? null : (repo ?? repoDid),
    name: repoName,
    changed: told.changedFiles ?? null,
    pushOptions: told.pushOptions ?? [],
    isDefaultRef: meta?.isDefaultRef ?? false,
    isNewsOnly: isFirstGeneration,
  };
}

/** Whether whoever pushed wants no CI for it. */
export const isSkipped = ({ pushOptions }: RefUpdate): boolean =>
  pushOptions.some(option => option === 'skip-ci' || option === 'ci-skip');
