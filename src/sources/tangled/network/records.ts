import { z } from 'zod';
import { longestName, name, nameOrNull, orNull, reference, referenceOrNull, text } from '../lenient.ts';

/**
 * Records as people's servers have them. They are read leniently: optional parts appear and vanish between generations,
 * and one that cannot be read is as if it were not there.
 */
export const collections = {
  member: 'sh.tangled.spindle.member',
  repo: 'sh.tangled.repo',
  collaborator: 'sh.tangled.repo.collaborator',
  pull: 'sh.tangled.repo.pull',
} as const;

export type Collection = (typeof collections)[keyof typeof collections];

/** Somebody is invited to a spindle. */
export const memberRecord: z.ZodType<{ readonly subject: string; readonly instance: string }> = z.object({
  subject: reference,
  instance: name,
});

export const repoRecord: z.ZodType<{
  readonly name: string | null;
  readonly knot: string;
  readonly spindle: string | null;
  readonly repoDid: string | null;
}> = z.object({ name: nameOrNull, knot: name, spindle: nameOrNull, repoDid: referenceOrNull });

/** Somebody is let into a repository, which is named by its DID or its record's at-uri. */
export const collaboratorRecord: z.ZodType<{ readonly subject: string; readonly repo: string }> = z.object({
  subject: reference,
  repo: reference,
});

export interface PullRecord {
  readonly title: string | null;
  /** `repo`: a DID. */
  readonly target: { readonly repo: string; readonly branch: string };
  /** Null: a patch, and no branch. `repo` null: the target. */
  readonly source: { readonly branch: string; readonly repo: string | null } | null;
  readonly rounds: readonly { readonly patchBlob: { readonly ref: { readonly $link: string } } }[] | null;
}

export const pullRecord: z.ZodType<PullRecord> = z.object({
  title: text.transform(title => title?.slice(0, longestName) ?? null),
  target: z.object({ repo: reference, branch: name }),
  source: orNull(z.object({ branch: name, repo: referenceOrNull })),
  rounds: orNull(z.array(z.object({ patchBlob: z.object({ ref: z.object({ $link: name }) }) }))),
});
