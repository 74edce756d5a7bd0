import { z } from 'zod';
import { branch, sha, text } from '../forge/wire.ts';

/** The parts of a `push` that are used. What only some senders write may be null. */
export interface PushPayload {
  readonly repository: Repository;
  readonly pusher: Person | null;
  readonly author: Person | null;
  readonly before: string | null;
  readonly after: string;
  readonly branch: string;
  readonly commits: readonly Commit[];
}

export interface PatchPayload {
  readonly repository: Repository;
  readonly action: string;
  readonly patch: {
    readonly id: string;
    readonly author: Person | null;
    readonly title: string;
    readonly url: string | null;
    readonly before: string | null;
    readonly after: string;
    readonly commits: readonly Commit[];
    /** Oldest first; empty where they are not told. */
    readonly revisions: readonly Revision[];
  };
}

/** A version of a patch: whoever wants to proposes one, also of somebody else's patch. */
export interface Revision {
  readonly author: Person;
  /** Its head. */
  readonly oid: string;
}

export interface Repository {
  readonly id: string;
  readonly name: string;
  readonly default_branch: string | null;
  readonly delegates: readonly string[];
  readonly private: boolean;
  readonly description: string;
  readonly clone_url: string | null;
}

export interface Person {
  readonly id: string;
  readonly alias: string | null;
}

/** Some list commits by their ids, others with what they changed. */
export interface Commit {
  readonly id: string;
  readonly message: string;
  readonly author: string;
}

const person: z.ZodType<Person> = z.object({
  id: text,
  alias: text.nullable().default(null),
});
const commit: z.ZodType<Commit> = z.union([
  sha.transform(id => ({ id, message: '', author: '' })),
  z
    .object({
      id: sha,
      message: text.default(''),
      author: z.object({ name: text.default('') }).default({ name: '' }),
    })
    .transform(({ author, ...rest }) => ({ ...rest, author: author.name })),
]);
const repository: z.ZodType<Repository> = z.object({
  id: z.string().regex(/^rad:z[0-9A-Za-z]{1,64}$/, 'is no id of a Radicle repository'),
  name: text.default(''),
  default_branch: text.nullable().default(null),
  delegates: z.array(z.union([text, z.object({ id: text }).transform(({ id }) => id)])).default([]),
  private: z.boolean().default(false),
  description: text.default(''),
  clone_url: text.nullable().default(null),
});

export const pushPayload: z.ZodType<PushPayload> = z.object({
  repository,
  pusher: person.nullable().default(null),
  author: person.nullable().default(null),
  before: sha.nullable().default(null),
  after: sha,
  branch,
  commits: z.array(commit).default([]),
});

export const patchPayload: z.ZodType<PatchPayload> = z.object({
  repository,
  action: text.default('updated'),
  patch: z.object({
    id: z.string().regex(/^[0-9a-f]{40}$/, 'is no id of a patch'),
    author: person.nullable().default(null),
    title: text.default(''),
    url: text.nullable().default(null),
    before: sha.nullable().default(null),
    after: sha,
    commits: z.array(commit).default([]),
    revisions: z.array(z.object({ author: person, oid: sha })).default([]),
  }),
});

export const otherPayload: z.ZodType<{ readonly repository: Repository | null }> = z.object({
  repository: repository.nullable().catch(null),
});
