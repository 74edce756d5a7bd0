import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FeedItem } from '../../src/domain/feed.ts';
import { parseEventId } from '../../src/domain/id.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import type { FakeGithub } from '../support/fake-github.ts';
import type { TestRepository } from '../support/git-repository.ts';
import type { AdminApi, EventJson, LineJson, RunJson } from './api.ts';
import { openArena } from './arena.ts';
import * as checks from './checks.ts';
import { readEffects } from './effects.ts';
import { leftovers } from './leftovers.ts';
import { type Lives, startLives } from './lives.ts';
import type { Acknowledged } from './post.ts';
import { createRandom } from './random.ts';
import { recoveries } from './recovery.ts';
import { leaseMs, serverEnv } from './rules.ts';
import { schedule } from './schedule.ts';
import { startSenders } from './senders.ts';
import { startWitness, type Witness } from './witness.ts';

/** What a round has shown. */
export interface Round {
  readonly seed: number;
  /** By what ended the server. */
  readonly kills: Readonly<Record<string, number>>;
  readonly acknowledged: number;
  readonly resent: number;
  readonly runs: number;
  readonly lostRuns: number;
  readonly attempts: number;
  readonly statuses: number;
  readonly linesCompared: number;
  /** From each start to the first healthy answer. */
  readonly healthyMs: readonly number[];
  /** From each start until what the kill had interrupted was under way again, or over. */
  readonly recoveredMs: readonly number[];
  /** What contradicts each promise: nothing, when all is well. */
  readonly broken: Readonly<Record<string, readonly string[]>>;
}

/** Every kill interrupts something, and there is never more to do than a slow machine can. */
const load = { count: 4, pauseMs: 200 };
const mostOpenRuns = 16;
/** Few commits: so that many runs speak of the same one at the forge. */
const commits = 8;
/** What is promised after a restart. */
const settleMs = leaseMs + 30_000;
const lookMs = 50;

/** Works a real server, kills it as the seed says, and looks in the end whether every promise was kept. */
export async function crashRound(options: {
  readonly seed: number;
  readonly kills: number;
  readonly onKill: (by: string, acknowledged: number) => void;
}): Promise<Round> {
  await using arena = await openArena();
  const { directory, forge, repository } = arena;
  const shas = await addCommits(repository);
  const lives = startLives(directory, serverEnv);
  await using witness = startWitness({ random: createRandom(options.seed + 2), api: () => lives.now?.api });
  await using senders = startSenders({
    ...load,
    random: createRandom(options.seed + 1),
    door: () => lives.now?.doors.public,
    isBusy: () => witness.openRuns > mostOpenRuns,
    repository: { url: repository.url, shas },
  });

  const kills: Record<string, number> = {};
  for (const kill of schedule(createRandom(options.seed), options.kills)) {
    const by = await lives.endure(kill);
    kills[by] = (kills[by] ?? 0) + 1;
    options.onKill(by, senders.acknowledged.length);
  }

  await using life = await lives.begin();
  await senders.stop();
  const { events, runs, logs } = await settled(lives, forge, witness);
  life.signal('SIGTERM');
  const how = await life.ended;
  const left = leftovers(directory);
  const stored = await readStore(arena.data, senders.acknowledged);
  const done = readEffects(arena.effects);

  return {
    seed: options.seed,
    kills,
    acknowledged: senders.acknowledged.length,
    resent: senders.resent,
    runs: runs.length,
    lostRuns: runs.filter(({ outcome }) => outcome === 'lost').length,
    attempts: runs.reduce((sum, { attempt }) => sum + attempt, 0),
    statuses: forge.statuses.length,
    linesCompared: [...witness.lines.values()].reduce((sum, lines) => sum + lines.size, 0),
    healthyMs: lives.healthyMs,
    recoveredMs: recoveries(stored.feed, lives.interruptions),
    broken: {
      'acknowledged and lost': [...checks.lostEvents(senders.acknowledged, events), ...stored.changedBodies],
      'one delivery, two events': checks.doubledEvents(senders.sent, events),
      'runs without their event': checks.strayRuns(events, runs),
      'wrong answers to senders': senders.troubles,
      stuck: checks.stuckRuns(runs),
      'wrong outcomes': checks.wrongOutcomes(runs),
      'executed twice': checks.executedTwice(runs, done),
      'success without its effect': checks.missingEffects(runs, done),
      'runs that went back': checks.brokenLives(stored.feed),
      'feed with a gap': [
        ...checks.brokenFeed(stored.feed, witness.feed, senders.acknowledged),
        ...witness.troubles,
      ],
      'log lines that changed': [...witness.lines].flatMap(([run, seen]) =>
        checks.changedLines(run, seen, logs.get(run) ?? []),
      ),
      'wrong statuses at the forge': checks.wrongStatuses(runs, forge.statuses),
      'processes left behind': [
        ...lives.survivors,
        ...left.map(({ pid, command }) => `${command} (${pid}) outlived the server`),
      ],
      'damage at the end': [...stored.damage, ...(how === 0 ? [] : [`SIGTERM ended the server with ${how}`])],
    },
  };
}

async function addCommits(repository: TestRepository): Promise<readonly string[]> {
  const shas = [repository.sha];
  while (shas.length < commits) shas.push(await repository.commit({ count: `${shas.length}` }));
  return shas;
}

/** What the server says of itself when all has ended and been told; or what it says when that took too long. */
async function settled(lives: Lives, forge: FakeGithub, witness: Witness) {
  const api = lives.now?.api;
  if (api === undefined) throw new Error('the server is not open');
  const deadline = Date.now() + settleMs;
  for (;;) {
    const runs = await api.all<RunJson>('/api/runs');
    const isSettled =
      checks.stuckRuns(runs).length === 0 && checks.wrongStatuses(runs, forge.statuses).length === 0;
    if (isSettled || Date.now() > deadline) {
      const events = await api.all<EventJson>('/api/events');
      return { runs, events, logs: await logsOf(api, witness.lines.keys()) };
    }
    await sleep(lookMs);
  }
}

async function logsOf(
  api: AdminApi,
  runs: Iterable<string>,
): Promise<ReadonlyMap<string, readonly LineJson[]>> {
  const logs = new Map<string, readonly LineJson[]>();
  for (const run of runs) logs.set(run, await api.log(run));
  return logs;
}

/** What lies on the disk when the server is closed. */
async function readStore(data: string, acknowledged: readonly Acknowledged[]) {
  const changedBodies: string[] = [];
  const feed: FeedItem[] = [];
  {
    await using store = await openSqliteStore({ directory: data });
    for (const { event, body } of acknowledged) {
      const id = parseEventId(event);
      const found = id === undefined ? undefined : await store.event(id);
      const bytes = found?.delivery?.delivery.body ?? new Uint8Array();
      if (!Buffer.from(bytes).equals(Buffer.from(body)))
        changedBodies.push(`${event} is stored with another body`);
    }
    for (let after = 0; ; after = feed.at(-1)?.id ?? after) {
      const items = await store.feed(after, 1_000);
      if (items.length === 0) break;
      feed.push(...items);
    }
  }
  using database = new DatabaseSync(join(data, 'signalbox.sqlite'), { readOnly: true });
  const damage = ['integrity_check', 'foreign_key_check']
    .flatMap(check => database.prepare(`pragma ${check}`).all())
    .map(row => JSON.stringify(row))
    .filter(row => row !== '{"integrity_check":"ok"}');
  return { changedBodies, feed, damage };
}
