import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import { admitRun } from '../../../test/crash/admit-run.ts';
import type { Store } from '../../contracts/store.ts';
import type { SignalboxError } from '../../domain/errors.ts';
import type { RunId } from '../../domain/id.ts';
import { writeTarHeader } from '../../lib/tar-header.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { openMark } from '../sqlite/open-mark.ts';
import { openSqliteStore } from '../sqlite/store.ts';
import { backUp } from './backup.ts';
import { restore } from './restore.ts';

const program = join(import.meta.dirname, '../../../bin/signalbox');
const page = { limit: 200, after: null };

/** A directory for data, a backup and what is restored. */
async function openPlace() {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-backup-'));
  const place = {
    root,
    data: join(root, 'data'),
    file: join(root, 'backup.tar'),
    restored: join(root, 'restored'),
    options: { version: '1.2.3', at: 1_000, progress: () => undefined, signal: new AbortController().signal },
    backUp: (changes: Partial<Parameters<typeof backUp>[0]> = {}) =>
      backUp({ ...place.options, directory: place.data, file: place.file, ...changes }),
    restore: (changes: Partial<Parameters<typeof restore>[0]> = {}) =>
      restore({ ...place.options, directory: place.restored, file: place.file, ...changes }),
    [Symbol.asyncDispose]: () => rm(root, { recursive: true }),
  };
  return place;
}

/** The store of a data directory, which nobody else has meanwhile. */
async function openStore(directory: string): Promise<Store> {
  const claim = await claimDataDirectory(directory);
  const store = await openSqliteStore({ directory });
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      using _claim = claim;
      await store[Symbol.asyncDispose]();
    },
  };
}

/** A finished run that printed some lines. */
async function finishedRun(store: Store, lines: number): Promise<RunId> {
  const { id } = await admitRun(store, {});
  await start(store, id);
  for (let sequence = 1; sequence <= lines; sequence++) await print(store, id, sequence);
  // Read, it goes into files.
  await store.log(id, 0, 1);
  const ending = { outcome: 'success', exitCode: 0, reason: null } as const;
  await store.amend(id, { kind: 'finished', attempt: 1, at: 5, ending });
  return id;
}

const start = (store: Store, run: RunId) =>
  store.amend(run, { kind: 'claimed', agent: 'local', claim: run, at: 1, leaseUntil: 2 });

const print = (store: Store, run: RunId, sequence: number) =>
  store.appendLog(run, {
    attempt: 1,
    sequence,
    at: 3,
    stream: 'stdout',
    bytes: Buffer.from(`line ${sequence} ${'.'.repeat(200)}\n`),
  });

/** A backup of a few runs, whose store is closed. */
async function madeBackup() {
  const place = await openPlace();
  const runs: RunId[] = [];
  {
    await using store = await openStore(place.data);
    for (let n = 0; n < 5; n++) runs.push(await finishedRun(store, 3));
  }
  await place.backUp();
  return Object.assign(place, { runs });
}

const failsWith = (code: string, says: RegExp) => (error: SignalboxError) => {
  assert.equal(error.code, code, error.message);
  assert.match(error.message, says);
  return true;
};

describe('a backup', { timeout: 100_000 }, () => {
  test('made while the store is worked on, is what the store was at one moment', async () => {
    await using place = await openPlace();
    await using store = await openStore(place.data);
    const before: RunId[] = [];
    for (let n = 0; n < 30; n++) before.push(await finishedRun(store, 20));
    const growing = await admitRun(store, {});
    await start(store, growing.id);
    const stop = new AbortController();
    let meanwhile = 0;
    const working = (async () => {
      for (let sequence = 1; !stop.signal.aborted; sequence++) {
        await print(store, growing.id, sequence);
        await finishedRun(store, 2);
        meanwhile += 1;
      }
    })();
    const atStart = meanwhile;
    const made = await place.backUp();
    assert.ok(meanwhile > atStart, 'nothing was done meanwhile');
    stop.abort();
    await working;

    assert.deepEqual((await place.restore()).sha256, made.sha256);
    await using copy = await openStore(place.restored);
    const runs = (await copy.runs({ state: null, rule: null, event: null }, page)).items;
    assert.equal(runs.length, Math.min(200, made.runs));
    for (const id of before) {
      assert.deepEqual(await copy.run(id), await store.run(id));
      assert.deepEqual(await copy.log(id, 0, 100), await store.log(id, 0, 100));
    }
    for (const { id } of runs) assert.ok(await copy.event((await copy.run(id))!.run.event));
    const [known, all] = [await copy.log(growing.id, 0, 10_000), await store.log(growing.id, 0, 10_000)];
    assert.deepEqual(known, all.slice(0, known.length));
    using database = new DatabaseSync(join(place.restored, 'signalbox.sqlite'), { readOnly: true });
    assert.deepEqual({ ...database.prepare('pragma integrity_check').get() }, { integrity_check: 'ok' });
  });

  test('has the logs of its own runs and no others', async () => {
    await using place = await openPlace();
    await using store = await openStore(place.data);
    await finishedRun(store, 2);
    await mkdir(join(place.data, 'logs/zz'), { recursive: true });
    for (const ending of ['log', 'idx'])
      await writeFile(join(place.data, `logs/zz/run_${'z'.repeat(26)}.${ending}`), 'x');
    assert.equal((await place.backUp()).logs, 1);
    await place.restore();
    const names = await readdir(join(place.restored, 'logs'), { recursive: true });
    assert.equal(names.filter(name => name.endsWith('.log')).length, 1);
  });

  test('is a tar archive for its owner alone, and nothing is left beside it', async () => {
    await using place = await madeBackup();
    assert.equal((await stat(place.file)).mode & 0o777, 0o600);
    assert.deepEqual((await readdir(place.root)).sort(), ['backup.tar', 'data']);
    const { status, stdout } = spawnSync('tar', ['-tf', place.file], { encoding: 'utf8' });
    assert.equal(status, 0);
    const names = stdout.trim().split('\n');
    assert.equal(names.length, 12);
    assert.deepEqual([names[0], names.at(-1)], ['signalbox.sqlite', 'backup.json']);
  });

  test('writes over nothing, and says what is missing', async () => {
    await using place = await madeBackup();
    await assert.rejects(place.backUp(), failsWith('conflict', /is there already/));
    await assert.rejects(
      place.backUp({ directory: place.root }),
      failsWith('not_found', /there is no signalbox in .*--data/),
    );
    await assert.rejects(
      place.backUp({ file: join(place.root, 'no', 'where') }),
      failsWith('not_found', /there is no directory .*no: make it first/),
    );
    assert.deepEqual((await readdir(place.root)).sort(), ['backup.tar', 'data']);
  });

  test('two at once into one file do not meet', async () => {
    await using place = await openPlace();
    await using _store = await openStore(place.data);
    const results = await Promise.allSettled([place.backUp(), place.backUp(), place.backUp()]);
    assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
    assert.deepEqual((await readdir(place.root)).sort(), ['backup.tar', 'data']);
    await place.restore();
  });

  test('ends when it is told to, and leaves nothing', async () => {
    await using place = await madeBackup();
    await rm(place.file);
    const stopping = place.backUp({ signal: AbortSignal.abort(new Error('enough')) });
    await assert.rejects(stopping, /enough/);
    assert.deepEqual(await readdir(place.root), ['data']);
  });

  test('killed anywhere, leaves the source whole and no half of a file', async () => {
    await using place = await madeBackup();
    await rm(place.file);
    let kills = 0;
    for (let passing = 1; ; passing++) {
      const { status, signal, stderr } = spawnSync(
        program,
        ['backup', '--data', place.data, '--to', place.file],
        { env: { PATH: process.env['PATH'], SIGNALBOX_FAULT: `mid-backup:${passing}` }, encoding: 'utf8' },
      );
      if (status === 0) break;
      assert.equal(signal, 'SIGKILL', stderr);
      kills += 1;
      await assert.rejects(stat(place.file), { code: 'ENOENT' });
      await using store = await openStore(place.data);
      for (const id of place.runs) assert.equal((await store.log(id, 0, 10)).length, 3);
    }
    assert.ok(kills >= 6, `killed ${kills} times`);
    assert.deepEqual((await readdir(place.root)).sort(), ['backup.tar', 'data']);
    assert.equal((await place.restore()).runs, 5);
  });

  test('A83: a disk that is full is said, and nothing is left of the backup', async () => {
    await using place = await madeBackup();
    await rm(place.file);
    const full = `trap '' XFSZ; ulimit -f 256; exec "$0" "$@"`;
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', full, program, 'backup', '--data', place.data, '--to', place.file],
      { env: { PATH: process.env['PATH'] }, encoding: 'utf8' },
    );
    assert.equal(status, 5, stderr);
    assert.match(stderr, /cannot be written .*free space/);
    assert.deepEqual(await readdir(place.root), ['data']);
  });
});

describe('a restore', { timeout: 100_000 }, () => {
  test('what ran when the backup was made is queued again, or lost; nobody is taken for its process', async () => {
    await using place = await openPlace();
    await using store = await openStore(place.data);
    const again = await admitRun(store, { retryLost: 1 });
    const once = await admitRun(store, { retryLost: 0 });
    for (const { id } of [again, once]) await start(store, id);
    await place.backUp();
    await place.restore();
    await using copy = await openStore(place.restored);
    assert.deepEqual(await copy.running(), []);
    assert.equal((await copy.run(again.id))?.run.status.state, 'queued');
    const { status } = (await copy.run(once.id))?.run ?? {};
    assert.ok(status?.state === 'finished' && status.outcome === 'lost');
    assert.match(status.reason ?? '', /it ran when the backup was made/);
  });

  test('goes into an empty directory alone', async () => {
    await using place = await madeBackup();
    await mkdir(place.restored);
    await writeFile(join(place.restored, 'letters.txt'), '');
    await assert.rejects(place.restore(), failsWith('conflict', /is not empty/));
    assert.deepEqual(await readdir(place.restored), ['letters.txt']);
    await assert.rejects(place.restore({ directory: place.data }), failsWith('conflict', /is not empty/));
    await using _store = await openStore(place.data);
    await assert.rejects(
      place.restore({ directory: place.data }),
      failsWith('unavailable', new RegExp(`in use by another signalbox \\(process ${process.pid}\\)`)),
    );
  });

  test('where a server was killed whose database is gone, is what starts', async () => {
    await using place = await openPlace();
    await using store = await openStore(place.data);
    const run = await finishedRun(store, 1);
    await place.backUp();
    await mkdir(place.restored);
    await writeFile(join(place.restored, openMark), '');
    await place.restore();
    await using restored = await openStore(place.restored);
    assert.equal((await restored.run(run))?.run.status.state, 'finished');
  });

  test('after one that was killed begins anew', async () => {
    await using place = await madeBackup();
    await mkdir(join(place.restored, 'restoring/logs'), { recursive: true });
    await mkdir(join(place.restored, 'logs/xx'), { recursive: true });
    await writeFile(join(place.restored, 'logs/xx/half'), '');
    await place.restore();
    assert.deepEqual((await readdir(place.restored)).sort(), ['lock.sqlite', 'logs', 'signalbox.sqlite']);
    await assert.rejects(stat(join(place.restored, 'logs/xx')), { code: 'ENOENT' });
  });

  test('of a file that is cut off or changed anywhere, nothing', async () => {
    await using place = await madeBackup();
    const whole = await readFile(place.file);
    const hurt = join(place.root, 'hurt.tar');
    const refused = async (says: RegExp) => {
      await assert.rejects(place.restore({ file: hurt }), failsWith('corrupt', says));
      assert.deepEqual(await readdir(place.restored), ['lock.sqlite']);
    };
    for (const part of [0, 0.01, 0.5, 0.9, 0.98]) {
      await cp(place.file, hurt);
      await truncate(hurt, Math.floor(whole.length * part));
      await refused(/it is cut off/);
    }
    for (const part of [0, 0.0001, 0.3, 0.6, 0.9]) {
      const changed = Buffer.from(whole);
      const at = Math.floor((whole.length - 4096) * part);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await writeFile(hurt, changed);
      await refused(/its bytes have changed|it is no backup/);
    }
    await writeFile(hurt, 'this is no archive '.repeat(100));
    await refused(/it is no backup/);
    await assert.rejects(
      place.restore({ file: join(place.root, 'none') }),
      failsWith('not_found', /no backup/),
    );
  });

  test('writes no file that does not belong to it, wherever an archive wants it', async () => {
    await using place = await openPlace();
    for (const name of [
      '../escaped',
      '/tmp/escaped',
      'logs/../../escaped',
      'logs/xx/run_x.log',
      'admin-token',
    ]) {
      const header = writeTarHeader({ name, size: 0, at: 0 });
      await writeFile(place.file, Buffer.concat([header, Buffer.alloc(1024)]));
      await assert.rejects(place.restore(), failsWith('corrupt', /does not belong into a backup/));
    }
    assert.deepEqual((await readdir(place.root)).sort(), ['backup.tar', 'restored']);
  });

  test('A85: of a newer database is refused, and leaves nothing', async () => {
    await using place = await openPlace();
    await (await openStore(place.data))[Symbol.asyncDispose]();
    {
      using database = new DatabaseSync(join(place.data, 'signalbox.sqlite'));
      database.exec(`insert into migration values (999, 'tomorrow', 0)`);
    }
    await place.backUp();
    await assert.rejects(place.restore(), failsWith('conflict', /version 999.*start the newer signalbox/));
    assert.deepEqual(await readdir(place.restored), ['lock.sqlite']);
  });
});
