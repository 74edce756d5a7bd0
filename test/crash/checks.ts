import type { FeedItem } from '../../src/domain/feed.ts';
import type { EventJson, LineJson, RunJson } from './api.ts';
import type { Acknowledged } from './post.ts';
import { type CrashRule, crashRules, pages } from './rules.ts';
import type { FeedMessage } from './witness.ts';

/**
 * The promises, each as a function from what was seen to a list of what contradicts them. An empty list is a kept
 * promise.
 */

type Effects = ReadonlyMap<string, readonly number[]>;
const ruleOf = (run: RunJson, rules: readonly CrashRule[] = crashRules): CrashRule =>
  rules.find(({ name }) => name === run.rule)!;

/** What was answered 2xx is stored, with the verdict of every rule and the runs that were named. */
export function lostEvents(
  acknowledged: readonly Acknowledged[],
  events: readonly EventJson[],
  rules: readonly CrashRule[] = crashRules,
): readonly string[] {
  const stored = new Map(events.map(event => [event.id, event]));
  const names = rules.map(({ name }) => name).join();
  return acknowledged.flatMap(({ deliveryId, event: id, runs }) => {
    const event = stored.get(id);
    if (event === undefined) return [`${deliveryId} was acknowledged as ${id}, which is not stored`];
    const { verdicts } = event;
    if (event.deliveryId !== deliveryId) return [`${id} is ${event.deliveryId}, not ${deliveryId}`];
    if (verdicts.map(({ rule }) => rule).join() !== names) return [`${id} lacks verdicts`];
    const started = verdicts
      .flatMap(({ runs }) => runs)
      .sort()
      .join();
    return started === runs.toSorted().join() ? [] : [`${id} has the runs ${started}, not ${runs.join()}`];
  });
}

/** No delivery is two events, and none came from nowhere. */
export function doubledEvents(sent: ReadonlySet<string>, events: readonly EventJson[]): readonly string[] {
  return [...Map.groupBy(events, ({ deliveryId }) => deliveryId ?? '')].flatMap(([deliveryId, its]) => [
    ...(its.length === 1 ? [] : [`${deliveryId} is ${its.length} events`]),
    ...(sent.has(deliveryId) ? [] : [`nobody has sent ${deliveryId}`]),
  ]);
}

/** Every run belongs to an event whose verdict names it, and every run that a verdict names exists. */
export function strayRuns(events: readonly EventJson[], runs: readonly RunJson[]): readonly string[] {
  const named = new Set(events.flatMap(({ verdicts }) => verdicts.flatMap(({ runs }) => runs)));
  const stored = new Set(runs.map(({ id }) => id));
  return [
    ...[...named].filter(id => !stored.has(id)).map(id => `${id} is named by a verdict, and is not stored`),
    ...[...stored].filter(id => !named.has(id)).map(id => `${id} is named by no verdict`),
  ];
}

export function stuckRuns(runs: readonly RunJson[]): readonly string[] {
  return runs
    .filter(({ state }) => state !== 'finished')
    .map(({ id, rule, state, attempt }) => `${id} (${rule}) is still ${state} after attempt ${attempt}`);
}

/** Jobs end as their rule says, or were lost as often as the rule allows, or made place for another one. */
export function wrongOutcomes(runs: readonly RunJson[]): readonly string[] {
  const newest = runs.filter(({ rule }) => rule === 'newest').map(({ id }) => id);
  const youngest = newest.toSorted().at(-1);
  return runs.flatMap(run => {
    const { id, rule, outcome, attempt, reason } = run;
    const { outcome: expected, retryLost, busy } = ruleOf(run);
    const isFine =
      outcome === null || // told of as stuck
      outcome === expected ||
      (outcome === 'lost' && attempt === retryLost + 1) ||
      (outcome === 'superseded' && busy === 'cancel-older' && id !== youngest);
    return isFine ? [] : [`${id} (${rule}) ended as ${outcome} with attempt ${attempt}: ${reason}`];
  });
}

/** A run that ended by itself has done its work in its last attempt. */
export function missingEffects(runs: readonly RunJson[], effects: Effects): readonly string[] {
  return runs.flatMap(({ id, rule, outcome, attempt }) =>
    (outcome === 'success' || outcome === 'failure') && effects.get(id)?.at(-1) !== attempt
      ? [
          `${id} (${rule}) is a ${outcome} of attempt ${attempt}, and did ${effects.get(id)?.join() ?? 'nothing'}`,
        ]
      : [],
  );
}

/** No attempt is executed twice, no run has more attempts than its rule allows, and nobody works unknown. */
export function executedTwice(
  runs: readonly RunJson[],
  effects: Effects,
  rules: readonly CrashRule[] = crashRules,
): readonly string[] {
  return runs.flatMap(run => {
    const { id, rule, attempt } = run;
    const done = effects.get(id) ?? [];
    const isFine =
      attempt <= ruleOf(run, rules).retryLost + 1 &&
      new Set(done).size === done.length &&
      done.every(number => number <= attempt);
    return isFine ? [] : [`${id} (${rule}) had ${attempt} attempts, and did ${done.join()}`];
  });
}

/** Runs only move on: attempts grow, nothing comes after the end, and a group never holds more than one at work. */
export function brokenLives(feed: readonly FeedItem[]): readonly string[] {
  const troubles: string[] = [];
  const latest = new Map<string, Extract<FeedItem, { type: 'run' }>>();
  for (const item of feed) {
    if (item.type !== 'run') continue;
    const before = latest.get(item.run);
    if (before?.state === 'finished') troubles.push(`${item.run} went on after its end, at ${item.id}`);
    if (item.attempt < (before?.attempt ?? 0)) troubles.push(`${item.run} went back, at ${item.id}`);
    latest.set(item.run, item);
    if (item.state !== 'running') continue;
    const working = [...latest.values()].filter(
      ({ rule, state }) => rule === item.rule && state === 'running',
    );
    const group = crashRules.find(({ name }) => name === item.rule)?.busy;
    if (group === 'queue' && working.length > 1)
      troubles.push(`${working.map(({ run }) => run).join(' and ')} were at work together, at ${item.id}`);
  }
  return troubles;
}

/** The feed is now what it was when somebody read it, without a gap, and tells of everything that was acknowledged. */
export function brokenFeed(
  feed: readonly FeedItem[],
  seen: readonly FeedMessage[],
  acknowledged: readonly Acknowledged[],
): readonly string[] {
  const told = new Set<string>(feed.flatMap(item => (item.type === 'hold' ? [] : [item.event])));
  const mute = acknowledged.filter(({ event }) => !told.has(event));
  const different = seen.findIndex(({ id, data }, index) => {
    const item = feed[index];
    return item?.id !== id || JSON.stringify(JSON.parse(data)) !== JSON.stringify(asTold(item));
  });
  const grows = feed.every(({ id }, index) => index === 0 || id > feed[index - 1]!.id);
  return [
    ...mute.map(({ event }) => `the feed does not tell of ${event}`),
    ...(different < 0
      ? []
      : [`the feed was ${seen[different]?.data}, and is ${JSON.stringify(feed[different])}`]),
    ...(grows ? [] : ['the ids of the feed do not grow']),
  ];
}

const asTold = (item: FeedItem) => ({ ...item, at: new Date(item.at).toISOString() });

/** Lines that somebody has read are still there, and the same. */
export function changedLines(
  run: string,
  seen: ReadonlyMap<number, LineJson>,
  now: readonly LineJson[],
): readonly string[] {
  const lines = new Map(now.map(line => [line.seq, line]));
  return [...seen.values()].flatMap(line =>
    JSON.stringify(lines.get(line.seq)) === JSON.stringify(line)
      ? []
      : [
          `line ${line.seq} of ${run} was ${JSON.stringify(line)}, and is ${JSON.stringify(lines.get(line.seq))}`,
        ],
  );
}

/** A status as the forge was told it. */
export interface Told {
  readonly sha: string;
  readonly context: string;
  readonly state: string;
  readonly target_url?: string;
}

const stateAtForge = ({ outcome }: RunJson): string =>
  outcome === 'success'
    ? 'success'
    : outcome === 'failure'
      ? 'failure'
      : outcome === null
        ? 'pending'
        : 'error';

/** The forge shows how the youngest run of each rule and commit ended, and was never told something older after it. */
export function wrongStatuses(runs: readonly RunJson[], statuses: readonly Told[]): readonly string[] {
  const subject = (sha: string | null, context: string) => `${context} of ${sha}`;
  const told = Map.groupBy(statuses, ({ sha, context }) => subject(sha, context));
  const wanted = Map.groupBy(runs, ({ sha, rule }) => subject(sha, `signalbox/${rule}`));
  return [...wanted].flatMap(([about, its]) => {
    const youngest = its.toSorted((a, b) => (a.id < b.id ? -1 : 1)).at(-1)!;
    const sequence = (told.get(about) ?? []).map(({ state, target_url: page = '' }) => ({
      state,
      run: page.slice(`${pages}/#/runs/`.length),
    }));
    const last = sequence.at(-1);
    const older = sequence.some((status, index) => {
      const before = sequence[index - 1];
      if (before === undefined) return false;
      const isOver = before.run === status.run && before.state !== 'pending' && status.state !== before.state;
      return status.run < before.run || isOver;
    });
    return [
      ...(last?.run === youngest.id && last.state === stateAtForge(youngest)
        ? []
        : [
            `${about} is ${stateAtForge(youngest)} (${youngest.id}), and the forge says ${JSON.stringify(last)}`,
          ]),
      ...(older ? [`${about} was told older things after newer ones: ${JSON.stringify(sequence)}`] : []),
    ];
  });
}
