import type { Workflow } from '../../domain/pipeline.ts';

/** How a spindle is set up. */
export interface TangledSettings {
  /** Its own host, with a port where it has one: what members choose in their repositories. */
  readonly hostname: string;
  /** DID of who runs it: the first member, who invites the others. */
  readonly owner: string;
  /** Who else may use it, without any record of it; DIDs. */
  readonly members: readonly string[];
  /** Knots that are followed whether or not a repository leads there; hosts. */
  readonly knots: readonly string[];
  /** Whether every repository on those knots is trusted, without asking who owns it. */
  readonly trustsKnots: boolean;
  /** The directory of DIDs; without a slash at the end. */
  readonly plc: string;
  /** Null: changes of members and repositories are found by looking. */
  readonly jetstream: string | null;
  /** Another CI service for workflows: for those that name none, or for all of them. Null: each runs where it says. */
  readonly elsewhere: {
    readonly provider: NonNullable<Workflow['provider']>;
    readonly forAll: boolean;
  } | null;
  /** How often everything is looked through. */
  readonly reconcileMs: number;
  /** `http` and `ws` instead of their safe kinds, and hosts of this machine and its networks. */
  readonly dev: boolean;
  /** Such hosts without the rest. */
  readonly allowsPrivateHosts: boolean;
}
