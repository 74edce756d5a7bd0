import { asksForSomething } from '../translate.ts';
import type { GithubApi } from './api.ts';
import { deliveriesOf } from './questions.ts';
import type { Listed } from './wire.ts';

export interface MissedNeeds {
  readonly api: GithubApi;
  /** Which of these delivery ids were here before. */
  readonly known: (guids: readonly string[]) => Promise<readonly string[]>;
}

/** What a hook has to catch up. */
export interface Missed {
  /** Those that never arrived and ask for something, oldest first; of several tries the first. */
  readonly deliveries: readonly Listed[];
  /** When they are caught up, everything before is settled. */
  readonly settledAt: number;
  /** There were too many to look through: the oldest are not among these. */
  readonly isCutOff: boolean;
}

/** A try that still waits for its answer is listed later than younger ones; GitHub gives up long before this. */
const settlingMs = 10 * 60_000;
/** 100,000 deliveries: more than GitHub remembers of any hook that one server could follow. */
const mostPages = 1000;
/** A hook that is seen for the first time is searched this far back for what has arrived. */
const mostFirstPages = 10;

/**
 * Looks for deliveries of a hook since it was settled. A hook without that mark begins with the first delivery that is
 * here; when there is none it begins now, so that nobody's old pushes run, or is not ours at all: null.
 */
export async function findMissed(
  { api, known }: MissedNeeds,
  hook: { readonly path: string; readonly since: number | null; readonly isOurs: boolean },
  signal: AbortSignal,
): Promise<Missed | null> {
  const { since } = hook;
  const missed: Listed[] = [];
  /** How many of them are younger than the oldest delivery that is here. */
  let begun = since === null ? null : Number.POSITIVE_INFINITY;
  let settledAt: number | null = null;
  let pages = 0;
  let isCutOff = false;
  for await (const { deliveries, at } of deliveriesOf(api, hook.path, signal)) {
    settledAt ??= at - settlingMs;
    const here = new Set(await known([...new Set(deliveries.map(({ guid }) => guid))]));
    for (const delivery of deliveries) {
      if (since !== null && delivery.deliveredAt < since) continue;
      if (!here.has(delivery.guid)) {
        if (asksForSomething(delivery.event, delivery.action)) missed.push(delivery);
      } else if (since === null) begun = missed.length;
    }
    const last = deliveries.at(-1);
    if (last === undefined || (since !== null && last.deliveredAt < since)) break;
    pages += 1;
    isCutOff = since !== null && pages === mostPages;
    if (isCutOff || (since === null && pages === mostFirstPages)) break;
  }
  if (settledAt === null || (begun === null && !hook.isOurs)) return null;
  const oldestFirst = missed.slice(0, begun ?? 0).toReversed();
  return { deliveries: firstTries(oldestFirst), settledAt: Math.max(settledAt, since ?? 0), isCutOff };
}

function firstTries(deliveries: readonly Listed[]): readonly Listed[] {
  const guids = new Set<string>();
  return deliveries.filter(({ guid }) => guids.size !== guids.add(guid).size);
}
