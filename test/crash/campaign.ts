import { crashRound, type Round } from './round.ts';

/** Some rounds together, each with a data directory of its own. */
export interface Campaign {
  readonly rounds: readonly Round[];
  readonly tookMs: number;
}

/** Long enough for the harm of one kill to meet the next one, short enough to have many first starts. */
const killsPerRound = 40;

/** Rounds until there were so many kills, or so much time has passed; a round that has begun is seen to its end. */
export async function crashCampaign(options: {
  readonly seed: number;
  readonly kills: number;
  readonly mostMs: number;
  readonly onKill: (kills: number, by: string, acknowledged: number) => void;
}): Promise<Campaign> {
  const startedAt = performance.now();
  const rounds: Round[] = [];
  let done = 0;
  let acknowledged = 0;
  while (done < options.kills && performance.now() - startedAt < options.mostMs) {
    const round = await crashRound({
      // Neighbours would share the chance of their senders.
      seed: options.seed + rounds.length * 1_000,
      kills: Math.min(killsPerRound, options.kills - done),
      onKill: (by, now) => options.onKill(++done, by, acknowledged + now),
    });
    acknowledged += round.acknowledged;
    rounds.push(round);
  }
  return { rounds, tookMs: performance.now() - startedAt };
}

/** The figures of a campaign, each with what it is called; how often each promise was broken comes last. */
export function figures({ rounds, tookMs }: Campaign): readonly (readonly [string, string | number])[] {
  const sum = (of: (round: Round) => number): number => rounds.reduce((total, round) => total + of(round), 0);
  const slowest = (of: (round: Round) => readonly number[]): string =>
    `${(Math.max(0, ...rounds.flatMap(of)) / 1000).toFixed(1)} s`;
  const killers = [...new Set(rounds.flatMap(({ kills }) => Object.keys(kills)))].sort();
  const promises = Object.keys(rounds[0]?.broken ?? {});
  return [
    ['rounds', rounds.length],
    ['took', `${Math.round(tookMs / 1000)} s`],
    ['deliveries acknowledged', sum(round => round.acknowledged)],
    ['deliveries sent again', sum(round => round.resent)],
    ['kills', sum(({ kills }) => Object.values(kills).reduce((all, some) => all + some, 0))],
    ...killers.map(by => [`  ${by}`, sum(({ kills }) => kills[by] ?? 0)] as const),
    ['runs', sum(round => round.runs)],
    ['  ended as lost', sum(round => round.lostRuns)],
    ['attempts', sum(round => round.attempts)],
    ['statuses told', sum(round => round.statuses)],
    ['log lines compared', sum(round => round.linesCompared)],
    ['slowest start until healthy', slowest(round => round.healthyMs)],
    ['slowest start until all recovered', slowest(round => round.recoveredMs)],
    ...promises.map(promise => [promise, sum(({ broken }) => broken[promise]?.length ?? 0)] as const),
  ];
}

/** Everything that broke, one line each. */
export function troubles({ rounds }: Campaign): readonly string[] {
  return rounds.flatMap(({ seed, broken }) =>
    Object.entries(broken).flatMap(([promise, its]) =>
      its.map(trouble => `${promise} (seed ${seed}): ${trouble}`),
    ),
  );
}
