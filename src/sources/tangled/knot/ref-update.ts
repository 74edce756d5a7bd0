import { z } from 'zod';

/**
 * The record `sh.tangled.git.refUpdate`. Knots of the first generation write the owner's DID into `repoDid` and the
 * repository's name into `repoName`; later ones the repository's own DID into `repo`.
 */
const record = z.object({
  ref: z.string().min(1),
  committerDid: z.string().nullish(),
  ownerDid: z.string().nullish(),
  repo: z.string().nullish(),
  repoDid: z.string().nullish(),
  repoName: z.string().nullish(),
  oldSha: z.string(),
  newSha: z.string(),
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
  const isFirstGeneration = !repo && Boolean(repoName);
  return {
    ref,
    oldSha,
    newSha,
    committerDid: committerDid || null,
    ownerDid: (isFirstGeneration ? ownerDid || repoDid : ownerDid) || null,
    repoDid: isFirstGeneration ? null : repo || repoDid || null,
    name: repoName || null,
    changed: told.changedFiles ?? null,
    pushOptions: told.pushOptions ?? [],
    isDefaultRef: meta?.isDefaultRef ?? false,
    isNewsOnly: isFirstGeneration,
  };
}

/** Whether whoever pushed wants no CI for it. */
export const isSkipped = ({ pushOptions }: RefUpdate): boolean =>
  pushOptions.some(option => option === 'skip-ci' || option === 'ci-skip');
