import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Store } from '../../src/contracts/store.ts';
import { parseEventId } from '../../src/domain/id.ts';
import { openSqliteStore } from '../../src/store/sqlite/store.ts';
import { openArena } from './arena.ts';
import { startLife } from './life.ts';
import { postPush } from './post.ts';
import { createRandom, type Random } from './random.ts';
import { branches, crashRules, serverEnv } from './rules.ts';
import { readWal, type Wal } from './wal.ts';

/** Cuts of the power; each is a store that is opened. */
const cuts = 40;
/** Enough to choose from, and less than SQLite lets the log grow to before it starts anew. */
const enoughFrames = 400;
const mostFrames = 900;

/** What is on the disk of a server at one moment, and what it had acknowledged before. */
interface Disk {
  readonly database: Buffer;
  readonly wal: Wal;
  readonly acknowledged: readonly { readonly event: string; readonly use: string; readonly end: number }[];
}

test('A80: wherever the log of changes is cut, what was committed before is there, and nothing is there by half', {
  timeout: 110_000,
}, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-cut-'));
  t.after(() => rm(directory, { recursive: true }));
  const random = createRandom(80);
  const disk = await workedDisk(random);
  const { wal } = disk;
  let gone = 0;
  for (let cut = 1; cut <= cuts; cut++) {
    const { bytes, whole } = cutOff(wal, random);
    const copy = join(directory, String(cut));
    await mkdir(copy);
    await writeFile(join(copy, 'signalbox.sqlite'), disk.database);
    await writeFile(join(copy, 'signalbox.sqlite-wal'), bytes);
    await using store = await openSqliteStore({ directory: copy });
    for (const { event, use, end } of disk.acknowledged) {
      const isDurable = use !== wal.use || end <= whole;
      const id = parseEventId(event);
      const found = id === undefined ? undefined : await store.event(id);
      assert.ok(found !== undefined || !isDurable, `${event} is gone, cut ${cut} at ${bytes.length}`);
      if (found === undefined) gone += 1;
    }
    assert.deepEqual(await halves(store), [], `cut ${cut} at ${bytes.length}`);
  }
  assert.ok(gone > cuts, `the cuts took ${gone} events: too few to show anything`);
});

/** Works a server until its log of changes was used at least twice, and stops it in the middle. */
async function workedDisk(random: Random): Promise<Disk> {
  await using arena = await openArena();
  await using life = startLife(arena.directory, serverEnv);
  const doors = await life.opened;
  assert.ok(doors, life.output());
  const file = join(arena.data, 'signalbox.sqlite');
  const acknowledged: { event: string; use: string; end: number }[] = [];
  const uses = new Set<string>();
  for (let number = 1; ; number++) {
    const { sha, url } = arena.repository;
    const delivery = { deliveryId: `cut-${number}`, branch: random.pick(branches), sha, url };
    const posted = await postPush(doors.public, delivery);
    assert.ok(posted.result === 'acknowledged', `${delivery.deliveryId}: ${posted.result}`);
    // Its commit is in the log up to here, or in the database already.
    const { use, commits } = readWal(`${file}-wal`);
    acknowledged.push({ event: posted.delivery.event, use, end: commits.at(-1) ?? 0 });
    uses.add(use);
    if (uses.size < 2) continue;
    life.signal('SIGSTOP');
    const wal = readWal(`${file}-wal`);
    if (wal.frames >= enoughFrames && wal.frames <= mostFrames)
      return { database: readFileSync(file), wal, acknowledged };
    life.signal('SIGCONT');
  }
}

/**
 * What a power cut leaves of the log: all up to anywhere; or, of the last transaction, some sectors and others not,
 * because the disk had not been told to write them. `whole` is where the last whole transaction ends.
 */
function cutOff({ bytes, commits }: Wal, random: Random): { readonly bytes: Buffer; readonly whole: number } {
  const end = commits.at(-1) ?? 0;
  if (random.percent(50)) {
    const length = random.between(0, end);
    return { bytes: bytes.subarray(0, length), whole: commits.findLast(commit => commit <= length) ?? 0 };
  }
  const last = random.between(1, commits.length - 1);
  const [whole, next] = [commits[last - 1] ?? 0, commits[last] ?? 0];
  const left = Buffer.from(bytes.subarray(0, next));
  const sector = 512;
  const hole = random.between(Math.ceil(whole / sector), Math.floor(next / sector) - 1) * sector;
  left.fill(0, hole, hole + sector);
  return { bytes: left, whole };
}

/** Events without all their verdicts or runs, and runs without their event or attempts. */
async function halves(store: Store): Promise<readonly string[]> {
  const found: string[] = [];
  const named = new Set<string>();
  for (let after: string | null = null; ; ) {
    const page = await store.events({ source: null, type: null, repo: null }, { limit: 100, after });
    for (const { event, verdicts } of page.items) {
      const detail = await store.event(event.id);
      if (verdicts.length !== crashRules.length) found.push(`${event.id} has ${verdicts.length} verdicts`);
      if (detail?.delivery?.delivery.body.length === undefined) found.push(`${event.id} has no delivery`);
      for (const { rule, verdict, runs } of verdicts) {
        if (runs.length !== (verdict === 'matched' ? 1 : 0))
          found.push(`${event.id} ${rule} has ${runs.length} runs`);
        for (const run of runs) named.add(run);
      }
    }
    after = page.next;
    if (after === null) break;
  }
  for (let after: string | null = null; ; ) {
    const page = await store.runs({ state: null, rule: null, event: null }, { limit: 100, after });
    for (const { id, attempt, status } of page.items) {
      if (!named.delete(id)) found.push(`${id} belongs to no event`);
      const attempts = (await store.run(id))?.attempts ?? [];
      if (attempts.length !== attempt)
        found.push(`${id} has ${attempts.length} attempts instead of ${attempt}`);
      const open = attempts.filter(({ finishedAt }) => finishedAt === null).length;
      if (open !== (status.state === 'running' ? 1 : 0))
        found.push(`${id} is ${status.state} with ${open} attempts open`);
    }
    after = page.next;
    if (after === null) break;
  }
  return [...found, ...[...named].map(id => `${id} is named, and is not there`)];
}
