import { z } from 'zod';
import { branch, paths, ref, sha, text } from '../forge/wire.ts';

/** The parts of a `push` or `tag_push` payload that are used; GitLab sends many more. What it may leave out is null. */
export interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  /** The commit of a tag, whose own object `after` is; null when the ref was deleted. */
  readonly checkout_sha: string | null;
  /** How many commits were pushed, of which the newest are listed. */
  readonly total_commits_count: number | null;
  readonly commits: readonly Commit[] | null;
  readonly user_id: number | null;
  readonly user_username: string | null;
  readonly project: Project;
}

export interface MergeRequestPayload {
  /** Who did it; the author is another person, perhaps. */
  readonly user: User | null;
  readonly project: Project;
  readonly object_attributes: {
    readonly iid: number;
    readonly title: string;
    readonly url: string;
    readonly action: string | null;
    /** The head before; only there when new commits are proposed. */
    readonly oldrev: string | null;
    readonly author_id: number | null;
    readonly draft: boolean | null;
    readonly source_branch: string;
    /** Null when the fork was deleted. */
    readonly source_project_id: number | null;
    readonly source: { readonly path_with_namespace: string } | null;
    readonly target_branch: string;
    readonly target_project_id: number;
    readonly last_commit: { readonly id: string } | null;
  };
}

/** What is worth knowing of all the other payloads. */
export interface OtherPayload {
  readonly object_attributes: { readonly action: string | null } | null;
  readonly user: User | null;
  readonly project: Project | null;
}

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: { readonly name: string | null };
  readonly added: readonly string[] | null;
  readonly removed: readonly string[] | null;
  readonly modified: readonly string[] | null;
}

export interface Project {
  /** With all groups: `acme/tools/widgets`. */
  readonly path_with_namespace: string;
  readonly git_http_url: string;
  readonly default_branch: string | null;
}

export interface User {
  readonly id: number | null;
  readonly username: string | null;
}

const word = text.nullable().default(null);
const id = z.number().nullable().default(null);
const user = z.object({ id, username: word });
const project = z.object({ path_with_namespace: text, git_http_url: text, default_branch: word });

const commit = z.object({
  id: sha,
  message: text,
  author: z.object({ name: word }),
  added: paths,
  removed: paths,
  modified: paths,
});

export const pushPayload: z.ZodType<PushPayload> = z.object({
  ref,
  before: sha,
  after: sha,
  checkout_sha: sha.nullable().default(null),
  total_commits_count: z.number().nullable().default(null),
  commits: z.array(commit).nullable().default(null),
  user_id: id,
  user_username: word,
  project,
});

export const mergeRequestPayload: z.ZodType<MergeRequestPayload> = z.object({
  user: user.nullable().default(null),
  project,
  object_attributes: z.object({
    iid: z.int(),
    title: text,
    url: text,
    action: word,
    oldrev: sha.nullable().default(null),
    author_id: id,
    draft: z.boolean().nullable().default(null),
    source_branch: branch,
    source_project_id: id,
    source: z.object({ path_with_namespace: text }).nullable().default(null),
    target_branch: branch,
    target_project_id: z.number(),
    last_commit: z.object({ id: sha }).nullable().default(null),
  }),
});

/** A part of another shape counts as absent: nothing depends on it. */
export const otherPayload: z.ZodType<OtherPayload> = z.object({
  object_attributes: z
    .object({ action: word.catch(null) })
    .nullable()
    .default(null)
    .catch(null),
  user: user.nullable().default(null).catch(null),
  project: project.nullable().default(null).catch(null),
});

const kinds = z.object({ object_kind: word.catch(null), event_name: word.catch(null) });

/** GitLab's word for what a payload is, from the payload itself: no signature covers the header that says it too. */
export function kindOf(payload: unknown): string | null {
  const { data } = kinds.safeParse(payload);
  return data?.object_kind ?? data?.event_name ?? null;
}
