import { faultNames } from '../../src/lib/fault-points.ts';
import type { Random } from './random.ts';

type FaultName = (typeof faultNames)[number];

/** How one life of the server ends. */
export type Kill =
  /** By itself, at a passing of a fault point. */
  | { readonly kind: 'fault'; readonly name: FaultName; readonly passing: number }
  /** From outside, so long after its doors have opened, or after its start, when they mostly have not yet. */
  | { readonly kind: 'moment'; readonly after: 'opening' | 'start'; readonly delayMs: number };

/** At this passing at the latest a point kills; all are reached within about a second of work. */
const latestPassing: Readonly<Record<FaultName, number>> = {
  'after-insert-before-ack': 8,
  'after-ack': 6,
  'after-claim': 6,
  'after-spawn': 6,
  'mid-log': 40,
  'after-exit-before-record': 6,
  'mid-report': 12,
  'mid-migration': 20,
};
const longestDelayMs = { start: 400, opening: 1_200 };
/** The kills at random moments that come with one at each fault point. */
const moments = ['start', 'opening', 'opening', 'opening'] as const;
/** A database is migrated once; so many attempts at it are killed before one succeeds. */
const migrationsKilled = 2;

/** The kills of one round: first of migrations, then, in decks that are shuffled each, of everything else. */
export function schedule(random: Random, kills: number): readonly Kill[] {
  const fault = (name: FaultName): Kill => ({
    kind: 'fault',
    name,
    passing: random.between(1, latestPassing[name]),
  });
  const moment = (after: 'opening' | 'start'): Kill => ({
    kind: 'moment',
    after,
    delayMs: random.between(0, longestDelayMs[after]),
  });
  const others = faultNames.filter(name => name !== 'mid-migration');
  const planned = Array.from({ length: migrationsKilled }, () => fault('mid-migration'));
  while (planned.length < kills)
    planned.push(...random.shuffled([...others.map(fault), ...moments.map(moment)]));
  return planned.slice(0, kills);
}
