import { z } from 'zod';
import { branch, paths, ref, sha, text } from '../forge/wire.ts';

/** The parts of a `push` payload that are used; Gitea sends many more. What it may leave out is null. */
export interface PushPayload {
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  /** How many commits were pushed, of which the newest are listed. */
  readonly total_commits: number | null;
  readonly commits: readonly Commit[] | null;
  /** For an annotated tag, the commit that it points at; `after` is the tag object itself. */
  readonly head_commit: { readonly id: string } | null;
  readonly repository: Repository;
  readonly sender: Account | null;
}

export interface PullRequestPayload {
  readonly action: string;
  readonly number: number;
  readonly pull_request: {
    readonly title: string;
    readonly html_url: string;
    readonly draft: boolean | null;
    readonly merged: boolean | null;
    readonly user: Account | null;
    readonly head: Side;
    readonly base: Side;
  };
  readonly repository: Repository;
  readonly sender: Account | null;
}

/** What is worth knowing of all the other payloads. */
export interface OtherPayload {
  readonly action: string | null;
  readonly repository: Repository | null;
  readonly sender: Account | null;
}

export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: { readonly name: string | null; readonly username: string | null };
  readonly added: readonly string[] | null;
  readonly removed: readonly string[] | null;
  readonly modified: readonly string[] | null;
}

export interface Repository {
  readonly full_name: string;
  readonly clone_url: string;
  readonly default_branch: string | null;
}

export interface Account {
  readonly id: number;
  readonly login: string;
}

interface Side {
  /** The branch; empty when what is proposed never was one. */
  readonly label: string;
  /** The branch, or `refs/pull/7/head` where there is none. */
  readonly ref: string;
  /** Null when the branch is gone. */
  readonly sha: string | null;
  readonly repo_id: number;
  /** Null when the fork was deleted. */
  readonly repo: { readonly full_name: string } | null;
}

const account = z.object({ id: z.number(), login: text });
const repository = z.object({
  full_name: text,
  clone_url: text,
  default_branch: text.nullable().default(null),
});

const commit = z.object({
  id: sha,
  message: text,
  author: z.object({ name: text.nullable().default(null), username: text.nullable().default(null) }),
  added: paths,
  removed: paths,
  modified: paths,
});

export const pushPayload: z.ZodType<PushPayload> = z.object({
  ref,
  before: sha,
  after: sha,
  total_commits: z.number().nullable().default(null),
  commits: z.array(commit).nullable().default(null),
  head_commit: z.object({ id: sha }).nullable().default(null),
  repository,
  sender: account.nullable().default(null),
});

const side = z.object({
  label: text,
  ref: branch,
  sha: z.union([sha, z.literal('').transform(() => null)]),
  repo_id: z.number(),
  repo: z.object({ full_name: text }).nullable().default(null),
});

export const pullRequestPayload: z.ZodType<PullRequestPayload> = z.object({
  action: text,
  number: z.int(),
  pull_request: z.object({
    title: text,
    html_url: text,
    draft: z.boolean().nullable().default(null),
    merged: z.boolean().nullable().default(null),
    user: account.nullable().default(null),
    head: side,
    base: side,
  }),
  repository,
  sender: account.nullable().default(null),
});

/** A part of another shape counts as absent: nothing depends on it. */
export const otherPayload: z.ZodType<OtherPayload> = z.object({
  action: text.nullable().default(null).catch(null),
  repository: repository.nullable().default(null).catch(null),
  sender: account.nullable().default(null).catch(null),
});
