import type { Hold, HoldOn } from '../domain/hold.ts';

/** What a store knows of pauses and drains. A claim that a hold forbids is `stale`, whoever keeps the hold. */
export interface HoldStore {
  /** Whoever came first stays: where something holds already, nothing changes. Returns the hold that stands now. */
  hold(hold: Hold): Promise<Hold>;
  /**
   * Takes a hold back, and writes the tickets of all queued runs that it may have kept from starting, oldest first.
   * Also does the latter where there was none: so an interrupted one is made good by repeating it. Returns the hold that
   * there was.
   */
  release(on: HoldOn, by: string): Promise<Hold | undefined>;
  /** All of them, the oldest first. */
  holds(): Promise<readonly Hold[]>;
  /** How many runs wait and run in each pool that has any, in the order of names. */
  poolCounts(): Promise<
    readonly { readonly pool: string; readonly queued: number; readonly running: number }[]
  >;
}
