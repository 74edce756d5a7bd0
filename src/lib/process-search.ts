import { existsSync, readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import {
  allPids,
  directoriesAround,
  entriesAmong,
  lastPid,
  openFilesAmong,
  type ProcessFacts,
  readProcess,
} from './proc.ts';
import type { JobMarks, Moment, Process, ProcessSystem } from './process-system.ts';

/** Marks that take reading more than a process's line of facts; of these, only what somebody asks for is looked at. */
interface Wanted {
  readonly entries: Set<string>;
  readonly files: Set<string>;
  readonly directories: Set<string>;
}
interface Seen extends ProcessFacts {
  readonly entries: readonly string[];
  readonly files: readonly string[];
  readonly directories: readonly string[];
}

/** Reading one process takes about 15 µs, and much longer where a job wants it to; then the event loop gets a turn. */
const longestTurnMs = 1;

/**
 * A job younger than this is searched among the pids given out since it began, which costs next to nothing. Pids are
 * given out in order, and no machine goes around all of them (32,768 at least) in so short a time.
 */
const youngMs = 100;
/** Where more were given out, something else is busy, and looking at all processes is not slower. */
const mostYoungPids = 256;

/** Sees all processes, in `/proc`. */
export function createProcessSearch(): ProcessSystem {
  const adopters = new Set([1, process.pid, ...ancestorsOf(process.pid)]);
  const highestPid = Number(readFileSync('/proc/sys/kernel/pid_max', 'latin1'));
  /** The next look at the machine, and what it is to look for. */
  let next: { readonly wanted: Wanted; readonly seen: Promise<readonly Seen[]> } | undefined;
  let running: Promise<unknown> = Promise.resolve();

  function pidsSince(since: Moment | undefined): readonly number[] | undefined {
    if (since?.lastPid === undefined || performance.now() - since.atMs > youngMs) return undefined;
    const last = lastPid();
    if (last === undefined) return undefined;
    const count = (last - since.lastPid + highestPid) % highestPid;
    if (count > mostYoungPids) return undefined;
    const first = since.lastPid + 1;
    const pids = Array.from({ length: count }, (_, index) => (first + index) % highestPid);
    // Most are gone already; finding that out so is three times as fast as failing to read them.
    return pids.filter(pid => existsSync(`/proc/${pid}`));
  }

  /**
   * A process whose parent lives belongs where its parent does. Only the orphans have to show marks, and those are
   * adopted by process 1, or by one of our ancestors that has asked for it.
   */
  function lookAtYoung(pids: readonly number[], marks: JobMarks): readonly Seen[] {
    const wanted = nothingWanted();
    want(wanted, marks);
    return look(pids, wanted, facts => adopters.has(facts.parent));
  }

  /** A look that begins after this call, shared with everyone who asks before it begins. */
  function lookEverywhere(marks: JobMarks): Promise<readonly Seen[]> {
    if (next === undefined) {
      const wanted = nothingWanted();
      const seen = running.then(() => {
        next = undefined;
        return lookAtAll(wanted);
      });
      // Who asked hears of a failure; the one after it starts anew.
      running = seen.catch(() => undefined);
      next = { wanted, seen };
    }
    want(next.wanted, marks);
    return next.seen;
  }

  return {
    moment: () => ({ lastPid: lastPid(), atMs: performance.now() }),
    async find(marks) {
      const young = pidsSince(marks.since);
      const seen = young === undefined ? await lookEverywhere(marks) : lookAtYoung(young, marks);
      return belonging(seen, marks);
    },
    signal,
  };
}

const nothingWanted = (): Wanted => ({ entries: new Set(), files: new Set(), directories: new Set() });

function want(wanted: Wanted, { entries, files, directory }: JobMarks): void {
  for (const entry of entries) wanted.entries.add(entry);
  for (const file of files) wanted.files.add(file);
  if (directory !== undefined) wanted.directories.add(directory);
}

function signal(target: Process, name: NodeJS.Signals): void {
  if (readProcess(target.pid)?.startedAt !== target.startedAt) return;
  try {
    process.kill(target.pid, name);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}

async function lookAtAll(wanted: Wanted): Promise<readonly Seen[]> {
  const pids = allPids();
  const seen: Seen[] = [];
  let since = performance.now();
  for (const pid of pids) {
    seen.push(...look([pid], wanted));
    if (performance.now() - since < longestTurnMs) continue;
    await turn();
    since = performance.now();
  }
  return seen;
}

function look(
  pids: readonly number[],
  { entries, files, directories }: Wanted,
  showsMarks: (facts: ProcessFacts) => boolean = () => true,
): readonly Seen[] {
  return pids.flatMap(pid => {
    const facts = readProcess(pid);
    if (facts === undefined) return [];
    if (!showsMarks(facts)) return [{ ...facts, entries: [], files: [], directories: [] }];
    return [
      {
        ...facts,
        entries: entriesAmong(pid, entries),
        files: openFilesAmong(pid, files),
        directories: directoriesAround(pid, directories),
      },
    ];
  });
}

function ancestorsOf(pid: number): readonly number[] {
  const parent = readProcess(pid)?.parent ?? 0;
  return parent === 0 ? [] : [parent, ...ancestorsOf(parent)];
}

function belonging(seen: readonly Seen[], marks: JobMarks): readonly Process[] {
  const children = Map.groupBy(seen, facts => facts.parent);
  const found = new Set<Seen>();
  const others = new Set([process.pid, ...marks.launchers]);
  const toTake = seen.filter(facts => isMarked(facts, marks));
  for (let facts = toTake.pop(); facts !== undefined; facts = toTake.pop()) {
    if (found.has(facts) || others.has(facts.pid)) continue;
    found.add(facts);
    toTake.push(...(children.get(facts.pid) ?? []));
  }
  return [...found];
}

function isMarked(facts: Seen, { session, launchers, entries, files, directory }: JobMarks): boolean {
  return (
    (session !== undefined && (facts.session === session || facts.group === session)) ||
    launchers.includes(facts.parent) ||
    (entries.length > 0 && entries.every(entry => facts.entries.includes(entry))) ||
    files.some(file => facts.files.includes(file)) ||
    (directory !== undefined && facts.directories.includes(directory))
  );
}
