import { z } from 'zod';

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

export const memberRecord = z.object({ subject: z.string(), instance: z.string() });

export const repoRecord = z.object({
  name: z.string().nullish(),
  knot: z.string(),
  spindle: z.string().nullish(),
  repoDid: z.string().nullish(),
});

export const collaboratorRecord = z.object({ subject: z.string(), repo: z.string() });

export const pullRecord = z.object({
  title: z.string().nullish(),
  target: z.object({ repo: z.string(), branch: z.string() }),
  source: z.object({ branch: z.string(), repo: z.string().nullish() }).nullish(),
  rounds: z
    .array(z.object({ patchBlob: z.object({ ref: z.object({ $link: z.string() }) }) }))
    .nullish(),
});
export type PullRecord = z.output<typeof pullRecord>;
