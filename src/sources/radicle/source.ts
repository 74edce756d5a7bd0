import type { Clock } from '../../contracts/clock.ts';
import type { Found, StreamSource } from '../../contracts/source.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { Json } from '../../domain/json.ts';
import { deliveryOf } from './delivery.ts';
import { createDesk, type Desk } from './desk.ts';
import { type Hint, type LookOptions, look, noHint } from './look.ts';
import { type Position, positionJson, readPosition } from './position.ts';
import { isRid, isStored, openStorage, type Storage } from './storage.ts';
import { watchNode } from './watch-node.ts';

export interface RadicleOptions {
  /** The node's, absolute. */
  readonly home: string;
  readonly socket: string;
  readonly reconcileMs: number;
  readonly firstSeen: LookOptions['firstSeen'];
  /** It is told of each commit which of these files it has. */
  readonly files: readonly string[];
  /** Where git and rad are found. */
  readonly path: string;
  readonly clock: Clock;
  /** Hears each new problem once. */
  readonly trouble: (error: unknown) => void;
}

/** How watching a node goes. */
export interface RadicleState {
  /** When all repositories were looked through last; null: not yet. Milliseconds since 1970. */
  readonly lastAt: number | null;
  readonly problems: readonly string[];
  /** Whether the node is listened to, and if not, why; both are empty before it was tried. */
  readonly node: { readonly connected: boolean; readonly problem: string | null };
}

export interface RadicleSource extends StreamSource {
  readonly state: () => RadicleState;
  /** Looks through all repositories now. */
  readonly reconcile: () => void;
}

/** Problems are for people: so many are shown. */
const mostProblems = 20;

/**
 * Watches the repositories of a Radicle node. What the node tells is a hint to look; looking compares each namespace
 * with what was seen of it, which is kept with the events: so whatever happened while nobody listened is found, once.
 */
export function createRadicleSource(options: RadicleOptions): RadicleSource {
  const { clock, socket, reconcileMs, trouble } = options;
  const storage = openStorage(options);
  const problems = new Map<string, string>();
  let lastAt: number | null = null;
  let node: RadicleState['node'] = { connected: false, problem: null };
  let desk: Desk = createDesk();

  /** Keeps what is wrong with something; null: nothing is. */
  function judge(what: string, problem: string | null): void {
    if (problem === null) problems.delete(what);
    else if (problems.get(what) !== problem) {
      problems.set(what, problem);
      trouble(new SignalboxError('unavailable', problem));
    }
  }

  async function* listen(from: Json, signal: AbortSignal): AsyncGenerator<Found> {
    desk = createDesk();
    desk.all();
    const over = new AbortController();
    const either = AbortSignal.any([signal, over.signal]);
    const heard = (problem: string | null): void => {
      judge('node', problem);
      node = { connected: problem === null, problem };
    };
    const watching = watchNode({ desk, clock, heard }, socket, either);
    const turning = everyNow(desk, either);
    try {
      yield* looks(readPosition(from), either);
    } finally {
      over.abort();
      await Promise.all([watching, turning]);
    }
  }

  async function everyNow(desk: Desk, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(reconcileMs, signal).catch(() => undefined);
      desk.all();
    }
  }

  async function* looks(start: Position, signal: AbortSignal): AsyncGenerator<Found> {
    const position = new Map(start);
    while (!signal.aborted) {
      await desk.wait(signal);
      if (signal.aborted) return;
      const { all, hints } = desk.take();
      let isDirty = false;
      for (const [rid, hint] of await toLookAt(storage, all, hints)) {
        if (signal.aborted) return;
        let last: NewEvent | null = null;
        try {
          if (!isStored(options.home, rid)) continue;
          const looked = await look(options, storage.open(rid), position.get(rid), hint);
          for await (const event of looked.events) {
            // After a crash in between all of them are found again, and what was told before is known by its id.
            if (last !== null) yield found(last, hint, undefined);
            last = event;
          }
          judge(rid, looked.problem());
          if (looked.seen === undefined || looked.seen === position.get(rid)) continue;
          position.set(rid, looked.seen);
        } catch (error) {
          // One repository that cannot be read keeps no other from being looked at; it is tried again each time.
          judge(rid, SignalboxError.from(error).message);
          continue;
        }
        isDirty = last === null;
        if (last !== null) yield found(last, hint, positionJson(position));
      }
      if (all) lastAt = clock.now();
      // What asks for nothing is kept once for all repositories: the position holds every one of them.
      if (isDirty) yield { events: [], delivery: null, position: positionJson(position) };
    }
  }

  async function toLookAt(
    storage: Storage,
    all: boolean,
    hints: ReadonlyMap<string, Hint>,
  ): Promise<ReadonlyMap<string, Hint>> {
    if (!all) return hints;
    try {
      const rids = await storage.repositories();
      judge('storage', null);
      // What is not there any more is not wrong any more.
      for (const what of problems.keys()) if (isRid(what) && !rids.includes(what)) judge(what, null);
      return new Map([...hints, ...rids.map(rid => [rid, hints.get(rid) ?? noHint] as const)]);
    } catch (error) {
      judge('storage', SignalboxError.from(error).message);
      return hints;
    }
  }

  function found(event: NewEvent, hint: Hint, position: Json | undefined): Found {
    return { events: [event], delivery: deliveryOf(options, event, hint), position };
  }

  return {
    kind: 'stream',
    name: 'radicle',
    listen,
    state: () => ({ lastAt, problems: [...problems.values()].slice(0, mostProblems), node }),
    reconcile: () => desk.all(),
  };
}
