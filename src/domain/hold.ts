/** Where nothing new starts: everywhere, in a pool, or on an agent. */
export type HoldOn =
  | { readonly kind: 'everything' }
  | { readonly kind: 'pool'; readonly name: string }
  | { readonly kind: 'agent'; readonly name: string };

/**
 * Somebody's word that nothing new starts there, until somebody takes it back: everything or a pool is paused, an agent
 * is drained. What runs goes on, and what would start waits in the queue.
 */
export interface Hold {
  readonly on: HoldOn;
  readonly by: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string | null;
}

export const everything: HoldOn = { kind: 'everything' };
export const onPool = (name: string): HoldOn => ({ kind: 'pool', name });
export const onAgent = (name: string): HoldOn => ({ kind: 'agent', name });

/** The hold on one of these places; undefined when nothing holds it. */
export function holdOn(holds: readonly Hold[], on: HoldOn): Hold | undefined {
  return holds.find(hold => isSamePlace(hold.on, on));
}

/** What keeps runs of a pool from starting: the pool's own pause, or that of everything. */
export function pauseOf(holds: readonly Hold[], pool: string): Hold | undefined {
  return holdOn(holds, onPool(pool)) ?? holdOn(holds, everything);
}

/** What stands still, by whom and why, as the reason of whatever waits for its end. `since` is the hold's time in words. */
export function holdWords({ on, by, reason }: Hold, since: string): string {
  const said = `by ${by} since ${since}${reason === null ? '' : `: ${reason}`}`;
  switch (on.kind) {
    case 'everything':
      return `everything is paused ${said}`;
    case 'pool':
      return `pool ${on.name} is paused ${said}`;
    case 'agent':
      return `agent ${on.name} is drained ${said}`;
  }
}

const isSamePlace = (a: HoldOn, b: HoldOn): boolean => a.kind === b.kind && nameOf(a) === nameOf(b);

/** What names the place among those of its kind; empty where there is one alone. */
export const nameOf = (on: HoldOn): string => (on.kind === 'everything' ? '' : on.name);
