import { setTimeout as sleep } from 'node:timers/promises';
import { type AdminApi, adminApi } from './api.ts';
import { type Leftover, leftovers, stillThere } from './leftovers.ts';
import { type Doors, type Life, startLife } from './life.ts';
import type { Interruption } from './recovery.ts';
import type { Kill } from './schedule.ts';

/** A fault point that was not passed often enough so long after the opening is given up for a plain kill. */
const patienceMs = 3_000;
/** A server that has not opened its doors by then never will. */
const longestStartMs = 30_000;

/** The server of one directory, life after life. */
export interface Lives {
  /** Where it answers now; undefined while it does not. */
  readonly now: { readonly doors: Doors; readonly api: AdminApi } | undefined;
  readonly interruptions: readonly Interruption[];
  /** From each start to the first healthy answer. */
  readonly healthyMs: readonly number[];
  /** Processes that a dead server had started and the next one did not end before it opened its doors. */
  readonly survivors: readonly string[];
  /** Lives one life that ends as planned. Resolves when it is over with what has ended it. */
  endure(kill: Kill): Promise<string>;
  /** Begins a life that ends when its owner says so. Resolves when its doors are open. */
  begin(): Promise<Life>;
}

export function startLives(directory: string, env: Readonly<Record<string, string>>): Lives {
  const interruptions: Interruption[] = [];
  const healthyMs: number[] = [];
  const survivors: string[] = [];
  let now: Lives['now'];
  let killedAt: number | undefined;
  let orphans: readonly Leftover[] = [];

  function start(fault: Readonly<Record<string, string>>): Life {
    const life = startLife(directory, { ...env, ...fault });
    if (killedAt !== undefined) interruptions.push({ killedAt, startedAt: life.startedAt });
    killedAt = undefined;
    return life;
  }

  /** Follows a life until its doors are open, or it is over; tells whether they were. */
  async function open(life: Life): Promise<boolean> {
    const doors = await life.opened;
    if (doors === undefined) return false;
    const left = stillThere(orphans, leftovers(directory));
    const isHealthy = await fetch(`${doors.public}/healthz`).then(
      answer => answer.ok,
      () => false,
    );
    if (!isHealthy || life.hasEnded()) return false;
    healthyMs.push(Date.now() - life.startedAt);
    survivors.push(...left.map(({ pid, command }) => `${command} (${pid}) survived a restart`));
    now = { doors, api: adminApi(directory, doors) };
    return true;
  }

  async function endure(kill: Kill): Promise<string> {
    const life = start(kill.kind === 'fault' ? { SIGNALBOX_FAULT: `${kill.name}:${kill.passing}` } : {});
    const opening = open(life);
    const diesByItself = await Promise.race([life.ended.then(() => true), timeOf(kill, opening)]);
    life.signal('SIGKILL');
    const how = await life.ended;
    killedAt = Date.now();
    const hasOpened = await opening;
    now = undefined;
    orphans = leftovers(directory);
    if (how !== 'SIGKILL' || (kill.kind === 'fault' && !diesByItself && !hasOpened))
      throw new Error(`the server ended with ${how}:\n${life.output()}`);
    return kill.kind === 'fault' && diesByItself ? kill.name : 'moment';
  }

  async function begin(): Promise<Life> {
    const life = start({});
    if (await open(life)) return life;
    await life[Symbol.asyncDispose]();
    throw new Error(`the server did not open its doors:\n${life.output()}`);
  }

  return {
    get now() {
      return now;
    },
    interruptions,
    healthyMs,
    survivors,
    endure,
    begin,
  };
}

/** Resolves when a life is to be ended from outside. */
async function timeOf(kill: Kill, opening: Promise<unknown>): Promise<false> {
  if (kill.kind === 'fault' || kill.after === 'opening')
    await Promise.race([opening, sleep(longestStartMs, undefined, { ref: false })]);
  await sleep(kill.kind === 'fault' ? patienceMs : kill.delayMs);
  return false;
}
