import type { Store } from '../../contracts/store.ts';
import type { Event } from '../../domain/event.ts';
import type { EventId } from '../../domain/id.ts';
import type { Json } from '../../domain/json.ts';

/** A listener as the configuration has it. */
export interface Listener {
  readonly name: string;
  /** Whose agents run it. */
  readonly pool: string;
  readonly config: Json;
  /** When it came over HTTP; null: it stands in a file. Milliseconds since 1970. */
  readonly registeredAt: number | null;
}

/** A push that a listener has run for, and the event behind it. */
export interface LastPush {
  readonly event: EventId;
  readonly push: { readonly branch: string } & Readonly<Record<string, Json>>;
}

/** Of each branch whose latest run is among so many, the latest push is found. */
const latestRuns = 200;

/** The latest push to each branch that a listener has run for, latest first. */
export async function lastPushes(
  { store }: { readonly store: Pick<Store, 'runs' | 'bareEvent'> },
  listener: string,
): Promise<readonly LastPush[]> {
  const { items } = await store.runs(
    { state: null, rule: listener, event: null },
    { limit: latestRuns, after: null },
  );
  const pushes = new Map<string, LastPush>();
  for (const id of new Set(items.map(({ event }) => event))) {
    const event = await store.bareEvent(id);
    if (event === undefined || (event.type !== 'push' && event.type !== 'tag')) continue;
    const found = { event: id, push: pushOf(event) };
    if (!pushes.has(found.push.branch)) pushes.set(found.push.branch, found);
  }
  return [...pushes.values()];
}

/** A listener as Lightspeed's admin server tells of it. */
export function recordOf(
  { name, config }: Pick<Listener, 'name' | 'config'>,
  now: {
    readonly updatedAt: number;
    /** Whether somebody is there who runs it. */
    readonly isOnline: boolean;
    readonly pushes: readonly LastPush[];
  },
): { readonly [key: string]: Json } {
  return {
    name,
    updated_at: new Date(now.updatedAt).toISOString(),
    online: now.isOnline,
    last_push: now.pushes[0]?.push ?? null,
    last_pushes: Object.fromEntries(now.pushes.map(({ push }) => [push.branch, push])),
    notify: [],
    config,
  };
}

/** In the words in which Lightspeed's hook server hands a push on. */
const pushOf = ({ repo, actor, ref, branch, after, changed }: Event): LastPush['push'] => ({
  repo_name: repo?.name ?? null,
  pusher: actor.name ?? 'unknown',
  branch: branch ?? ref?.replace(/^refs\/tags\//, '') ?? 'missing',
  latest_hash: after,
  all_modified: changed ?? [],
});
