import { z } from 'zod';
import { SignalboxError } from '../../domain/errors.ts';
import type { StoredRepository } from './storage.ts';

/** What a repository's identity document says. */
export interface Identity {
  readonly name: string;
  readonly description: string;
  readonly defaultBranch: string | null;
  /** DIDs. */
  readonly delegates: readonly string[];
  readonly threshold: number;
  readonly isPrivate: boolean;
}

/** Each event says it again: longer ones Radicle has no projects with. */
const longestText = 255;
const mostDelegates = 255;
const text = z.string().transform(value => value.slice(0, longestText).toWellFormed());
const document = z.object({
  payload: z.object({
    'xyz.radicle.project': z
      .object({
        name: text,
        description: text.default(''),
        defaultBranch: z.string().max(longestText).nullable().default(null),
      })
      .optional(),
  }),
  delegates: z
    .array(z.string().regex(/^did:key:z\w{1,128}$/))
    .min(1)
    .max(mostDelegates),
  threshold: z.int().default(1),
  visibility: z.object({ type: z.string() }).optional(),
});

/** Reads the identity document that the delegates have agreed on. */
export async function readIdentity(repository: StoredRepository): Promise<Identity> {
  const blob = await repository.blob('refs/rad/id:embeds/radicle.json');
  const parsed = document.safeParse(blob === null ? undefined : json(blob));
  if (!parsed.success)
    throw new SignalboxError(
      'unavailable',
      `${repository.rid} in ${repository.directory} has no identity document that can be read`,
    );
  const { payload, delegates, threshold, visibility } = parsed.data;
  const project = payload['xyz.radicle.project'];
  return {
    name: project?.name ?? repository.rid,
    description: project?.description ?? '',
    defaultBranch: project?.defaultBranch ?? null,
    delegates,
    threshold,
    isPrivate: visibility !== undefined && visibility.type !== 'public',
  };
}

function json(blob: string): unknown {
  try {
    return JSON.parse(blob);
  } catch {
    return undefined; // told as a document that cannot be read
  }
}
