/** How the owner of a namespace stands to a repository: its identity document says who is a delegate, this node whom it follows. */
export const standings = ['delegate', 'followed', 'stranger'] as const;
export type Standing = (typeof standings)[number];

/** Somebody in Radicle: a key, as `did:key:z6Mk…`, and what this node calls its owner. */
export interface RadicleActor {
  readonly id: string;
  readonly alias: string | null;
}

/** One version of a patch. */
export interface RadicleRevision {
  readonly id: string;
  readonly author: RadicleActor;
  readonly description: string;
  readonly base: string;
  /** Its head commit. */
  readonly oid: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export const radiclePatchStates = ['open', 'draft', 'archived', 'merged'] as const;
export type RadiclePatchState = (typeof radiclePatchStates)[number];

/** A patch as it stood when the event was made. */
export interface RadiclePatch {
  readonly author: RadicleActor;
  readonly status: RadiclePatchState;
  readonly conflicts: readonly { readonly revision: string; readonly commit: string }[];
  /** What the revision that runs is to be merged into. */
  readonly base: string;
  /** Head of the default branch at that time. */
  readonly target: string | null;
  readonly labels: readonly string[];
  readonly assignees: readonly string[];
  /** Oldest first. */
  readonly revisions: readonly RadicleRevision[];
}

/** What only Radicle says of an event. */
export interface RadicleFacts {
  /** Whose ref moved, without `did:key:`; null when it is the one that the delegates agree on. */
  readonly namespace: string | null;
  /** Of the namespace's owner. What the delegates agree on is theirs. */
  readonly standing: Standing;
  /** The node that the change was fetched from, which need not be who made it; null when nobody was asked. */
  readonly fetchedFrom: string | null;
  readonly project: {
    readonly name: string;
    readonly description: string;
    readonly isPrivate: boolean;
    readonly delegates: readonly string[];
  };
  /** Those of the files that were asked for which the commit has. */
  readonly files: readonly string[];
  /** The commit before the oldest one that is new. */
  readonly parent: string | null;
  readonly patch: RadiclePatch | null;
}
