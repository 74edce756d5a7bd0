import type { Call } from './call.ts';
import type { DeliveryId, EventId } from './id.ts';
import type { PipelineFacts } from './pipeline.ts';
import type { RadicleFacts } from './radicle.ts';

/**
 * What an event can be. `other` is a delivery that was understood and asks for nothing (a ping, a star):
 * it is stored and explained like the rest, and no rule can name it.
 */
export const eventTypes = [
  'push',
  'patch',
  'tag',
  'canonical',
  'pipeline',
  'hook',
  'script',
  'schedule',
  'manual',
  'other',
] as const;
export type EventType = (typeof eventTypes)[number];

/** Actions of a `push`, `tag`, `canonical` and `patch`. An `other` event carries the forge's own word instead. */
export const pushActions = ['created', 'updated', 'deleted'] as const;
export const patchActions = ['created', 'updated', 'closed', 'merged'] as const;

export interface Repo {
  readonly forge: string;
  /** `owner/name`. */
  readonly name: string;
  /** Where it is cloned from. */
  readonly url: string;
  readonly defaultBranch: string | null;
}

export interface Commit {
  readonly sha: string;
  readonly message: string;
  /** Display text only: anyone can write any name into a commit. */
  readonly author: string;
}

/** Who caused the event, as the forge authenticated them. */
export interface Actor {
  readonly id: string | null;
  readonly name: string | null;
}

export interface Patch {
  /** The forge's own number or id, as text. */
  readonly number: string;
  readonly title: string;
  readonly url: string | null;
  /** The repository whose branch is proposed; another one than the event's repository means a fork. */
  readonly from: { readonly repo: string | null; readonly branch: string };
  readonly fromFork: boolean;
  readonly draft: boolean;
  /** Who proposed it, as the forge authenticated them, and what the forge says of them. */
  readonly author: Actor;
  readonly authorIsMember: boolean;
}

/** What an accepted delivery means, in one shape for all forges. Fields that an event lacks are null. */
export interface Event {
  readonly id: EventId;
  readonly source: string;
  readonly type: EventType;
  readonly action: string | null;
  /** The sender's own id of the delivery; (source, deliveryId) is unique. */
  readonly deliveryId: string | null;
  /** The stored bytes behind it; null for what no delivery caused (a schedule, a call by hand). */
  readonly delivery: DeliveryId | null;
  /** Milliseconds since 1970. */
  readonly receivedAt: number;
  readonly repo: Repo | null;
  /** Full name: `refs/heads/main`, `refs/tags/v1`, `refs/pull/7/head`. */
  readonly ref: string | null;
  /** Short name of the branch; for a patch the branch it wants to change. */
  readonly branch: string | null;
  readonly before: string | null;
  /** The commit that runs: the new tip, or a patch's head. Null when there is none (deleted, or still to be looked up). */
  readonly after: string | null;
  readonly commits: readonly Commit[];
  /** Paths that changed; null when the sender did not say (completely). */
  readonly changed: readonly string[] | null;
  readonly actor: Actor;
  readonly patch: Patch | null;
  /** Null when it is from another forge. */
  readonly radicle: RadicleFacts | null;
  /** Null when it is from another forge than Tangled. */
  readonly pipeline: PipelineFacts | null;
  /** What the event itself names to be run; null when only rules know. */
  readonly call: Call | null;
  /** The one rule that is asked for by name (schedule, manual); null when every rule may answer. */
  readonly target: string | null;
  /** The event that this one repeats. */
  readonly replayOf: EventId | null;
  /** It never came to the door, and was fetched from the forge afterwards. */
  readonly caughtUp: boolean;
  /** Why this asks for nothing; only on `other`. */
  readonly note: string | null;
}

/** An event as a source reads it from a delivery, before the house gives it an identity. */
export type NewEvent = Omit<Event, 'id' | 'source' | 'delivery' | 'receivedAt' | 'replayOf'>;

/** A `NewEvent` with nothing in it but its type; sources fill in what they know. */
export function blankEvent(type: EventType): NewEvent {
  return {
    type,
    action: null,
    deliveryId: null,
    repo: null,
    ref: null,
    branch: null,
    before: null,
    after: null,
    commits: [],
    changed: null,
    actor: { id: null, name: null },
    patch: null,
    radicle: null,
    pipeline: null,
    call: null,
    target: null,
    caughtUp: false,
    note: null,
  };
}
