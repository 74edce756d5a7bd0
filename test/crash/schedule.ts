import { type FaultName, faultNames } from '../../src/lib/fault-points.ts';
import type { Random } from './random.ts';

/** How one life of the server ends. */
export type Kill =
  /** By itself, at a passing of a fault point. */
  | { readonly kind: 'fault'; readonly name: FaultName; readonly passing: number }
  /** From outside, so long after its start: some have not opened their doors by then. */
  | { readonly kind: 'moment'; readonly afterMs: number };

/** A point is reached within about a second of work when it is to kill at this passing at the latest. */
const latestPassing: Readonly<Record<FaultName, number>> = {
  'after-insert-before-ack': 20,
  'after-ack': 10,
  'after-claim': 8,
  'after-spawn': 8,
  'mid-log': 60,
  'after-exit-before-record': 8,
  'mid-report': 20,
  'mid-migration': 30,
};
const longestMomentMs = 1_500;
/** A database is migrated once; more than one attempt at it may be killed before that. */
const migrationsKilled = 2;
/** So many kills at random moments come with one at each fault point. */
const momentsPerDeck = 4;

/** The kills of one round: first of migrations, then, in decks in random order, of everything else. */
export function schedule(random: Random, kills: number): readonly Kill[] {
  const fault = (name: FaultName): Kill => ({
    kind: 'fault',
    name,
    passing: random.between(1, latestPassing[name]),
  });
  const deck = (): Kill[] =>
    random.shuffled([
      ...faultNames.filter(name => name !== 'mid-migration').map(fault),
      ...Array.from(
        { length: momentsPerDeck },
        (): Kill => ({
          kind: 'moment',
          afterMs: random.between(0, longestMomentMs),
        }),
      ),
    ]);
  const planned: Kill[] = Array.from({ length: migrationsKilled }, () => fault('mid-migration'));
  while (planned.length < kills) planned.push(...deck());
  return planned.slice(0, kills);
}
