import type { NewEvent } from '../domain/event.ts';
import type { PipelineFacts, PipelineTrigger } from '../domain/pipeline.ts';

/** What somebody wants to be run. */
export interface TriggerWish {
  readonly trigger: Exclude<PipelineTrigger, { kind: 'push' }>;
  /** DID of the fork that has the commit; null: the repository itself. */
  readonly sourceRepo: string | null;
  /** Null: all that answer. */
  readonly workflows: readonly string[] | null;
  /** DID of who wants it. */
  readonly by: string;
}

/** A repository that this spindle works for, and what can be asked about it. */
export interface SpindleRepo {
  /** Host. */
  readonly knot: string;
  /** What its pipelines, and its secrets, are found by. */
  readonly name: string;
  /** The at-uri of its record; null where only its knot has told of it. */
  readonly uri: string | null;
  owns(pipeline: Pick<PipelineFacts, 'knot' | 'repo'>): boolean;
  /** Asked anew every time. Throws `unavailable` when its knot does not answer: then nobody but the owner may. */
  mayPush(did: string, signal: AbortSignal): Promise<boolean>;
  /** Such as its secrets. The same promise. */
  maySettings(did: string, signal: AbortSignal): Promise<boolean>;
  /**
   * The event that a wish comes to, with the workflows that answer. Throws `invalid` when it comes to nothing, with the
   * reason for whoever wished.
   */
  pipeline(wish: TriggerWish, signal: AbortSignal): Promise<NewEvent>;
  /** The workflow files of a commit. Throws `not_found` or `unavailable` when they cannot be read. */
  definitions(
    commit: { readonly sha: string; readonly sourceRepo: string | null },
    signal: AbortSignal,
  ): Promise<readonly { readonly name: string; readonly text: string }[]>;
}

/** What the methods of a spindle have to know of Tangled. */
export interface SpindleCalls {
  /**
   * Whose call it is, as a DID: of the token that is shown with it, which is good for this method and this spindle, and
   * once. Throws `unauthenticated`, with the reason, `overloaded` and `unavailable`.
   */
  caller(token: string | null, method: string, signal: AbortSignal): Promise<string>;
  /** By its DID, the at-uri of its record, or `owner DID/name`; undefined when this spindle does not work for it. */
  repo(reference: string): SpindleRepo | undefined;
}
