import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { DatabaseSync } from 'node:sqlite';
import { after, before, beforeEach, type TestContext, test } from 'node:test';
import { admitRun } from '../../../test/crash/admit-run.ts';
import type { SignalboxError } from '../../domain/errors.ts';
import { parseEventId } from '../../domain/id.ts';
import { claimDataDirectory } from '../data-directory.ts';
import { lookIntoDirectory } from './look-through.ts';
import { openSqliteStore } from './store.ts';

let root = '';
let directory = '';
let made = 0;
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'signalbox-directory-'));
  await writeFile(join(root, 'admitting.mjs'), admitting);
});
beforeEach(() => {
  directory = join(root, String(++made));
});
after(() => rm(root, { recursive: true }));

/** Another process that opens the store, says `open`, and admits events, eight at a time, saying the id of each that is acknowledged. */
const admitting = `
  import { claimDataDirectory } from ${JSON.stringify(import.meta.resolve('../data-directory.ts'))};
  import { openSqliteStore } from ${JSON.stringify(import.meta.resolve('./store.ts'))};
  import { blankEvent } from ${JSON.stringify(import.meta.resolve('../../domain/event.ts'))};
  using claimed = await claimDataDirectory(process.argv[2]);
  const store = await openSqliteStore({ directory: process.argv[2] });
  console.log('open');
  let made = 0;
  const body = new Uint8Array(7_000);
  await Promise.all(Array.from({ length: 8 }, async () => {
    for (;;) {
      const unique = String(++made).padStart(26, '0');
      const delivery = { id: 'dlv_' + unique, source: 'test', receivedAt: 1, peer: '', method: 'POST', path: '/', headers: [], body };
      const event = { ...blankEvent('push'), id: 'evt_' + unique, source: 'test', delivery: delivery.id, deliveryId: unique, receivedAt: 1, replayOf: null };
      const authentication = { result: 'not required', reason: '' };
      await store.admit({ delivery: { delivery, authentication }, event, verdicts: [], runs: [], position: null });
      console.log(event.id);
    }
  })).catch(error => console.log('failed ' + error.code + ' ' + error.message));
  await store[Symbol.asyncDispose]().catch(() => undefined);
`;

/** Starts the other process; `shell` is what is done in its shell first. */
function startAdmitting(
  t: TestContext,
  shell: string,
): { child: ChildProcess; lines: AsyncIterator<string> } {
  const args = [
    '-c',
    `${shell}\nexec "$0" "$1" "$2"`,
    process.execPath,
    join(root, 'admitting.mjs'),
    directory,
  ];
  const child = spawn('/bin/sh', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  assert.ok(child.stdout);
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

async function rest(lines: AsyncIterator<string>): Promise<string[]> {
  const all: string[] = [];
  for (let line = await lines.next(); !line.done; line = await lines.next()) all.push(line.value);
  return all;
}

test('what was acknowledged is there after the process was killed', { timeout: 60_000 }, async t => {
  const { child, lines } = startAdmitting(t, '');
  assert.equal((await lines.next()).value, 'open');
  const acknowledged: string[] = [];
  while (acknowledged.length < 300) acknowledged.push((await lines.next()).value);
  child.kill('SIGKILL');
  acknowledged.push(...(await rest(lines)));

  await using store = await openSqliteStore({ directory });
  // The last line may have been cut by the kill.
  const ids = acknowledged.flatMap(line => parseEventId(line) ?? []);
  assert.ok(ids.length >= 300);
  for (const id of ids) {
    const found = await store.event(id);
    assert.equal(found?.delivery?.delivery.body.length, 7_000, `${id} was acknowledged and is not there`);
  }
});

test('a full disk is said, and never acknowledged', { timeout: 60_000 }, async t => {
  // The system lets this process write no file beyond 8 MB.
  const { child, lines } = startAdmitting(t, `trap '' XFSZ; ulimit -f 16384`);
  const said = await rest(lines);
  await once(child, 'close');
  const failure = said.find(line => line.startsWith('failed'));
  assert.match(failure ?? '', /^failed unavailable the database in .* cannot be written/);

  await using store = await openSqliteStore({ directory });
  const ids = said.flatMap(line => parseEventId(line) ?? []);
  assert.ok(ids.length > 100);
  for (const id of ids) assert.ok(await store.event(id), `${id} was acknowledged and is not there`);
});

test('A85: a database of a newer signalbox is refused, untouched', async () => {
  await mkdir(directory);
  await (await openSqliteStore({ directory }))[Symbol.asyncDispose]();
  const file = join(directory, 'signalbox.sqlite');
  {
    using database = new DatabaseSync(file);
    database.exec(`insert into migration values (999, 'tomorrow', 0); drop table feed`);
  }
  await assert.rejects(openSqliteStore({ directory }), (error: SignalboxError) => {
    assert.equal(error.code, 'conflict');
    assert.match(error.message, /version 999.*start the newer signalbox/);
    return true;
  });
  using database = new DatabaseSync(file, { readOnly: true });
  assert.equal(database.prepare(`select name from sqlite_schema where name = 'feed'`).get(), undefined);
});

/** A store with some events, each of which fills some pages, that was closed. */
async function closedStore(): Promise<string> {
  await mkdir(directory, { recursive: true });
  await using store = await openSqliteStore({ directory });
  for (let n = 0; n < 20; n++) await admitRun(store, { env: { FILLER: 'x'.repeat(20_000) } });
  return join(directory, 'signalbox.sqlite');
}

const isDamaged = (error: SignalboxError): boolean => {
  assert.equal(error.code, 'corrupt');
  assert.match(error.message, new RegExp(`the database in ${directory} is damaged .*signalbox restore`));
  return true;
};

test('A84: a damaged database is said to be damaged, and the directory is free afterwards', async () => {
  await writeFile(await closedStore(), 'this is no database '.repeat(1000));
  for (let n = 0; n < 2; n++) await assert.rejects(openSqliteStore({ directory }), isDamaged);
});

test('A84: one damaged page is found at the start, not when somebody reads it', async () => {
  const file = await closedStore();
  const pages = (await readFile(file)).length / 8192;
  assert.ok(pages > 40);
  let found = 0;
  for (let page = 1; page < pages; page += 5) {
    const whole = await readFile(file);
    await writeFile(file, Buffer.from(whole).fill(0x5a, page * 8192, page * 8192 + 8192));
    // A page that is in the middle of a long value has nothing that could be wrong.
    await openSqliteStore({ directory }).then(
      store => store[Symbol.asyncDispose](),
      (error: SignalboxError) => {
        isDamaged(error);
        found += 1;
      },
    );
    await writeFile(file, whole);
  }
  assert.ok(found > 3, `found ${found}`);
});

test('A84: without its log of changes a database that was not closed is refused, until it is back', async t => {
  const { child, lines } = startAdmitting(t, '');
  assert.equal((await lines.next()).value, 'open');
  for (let n = 0; n < 20; n++) await lines.next();
  child.kill('SIGKILL');
  await once(child, 'close');
  const wal = join(directory, 'signalbox.sqlite-wal');
  await rename(wal, `${wal}.away`);
  const lookInto = async () => lookIntoDirectory(directory);
  for (let n = 0; n < 3; n++)
    await assert.rejects(n === 0 ? lookInto() : openSqliteStore({ directory }), (error: SignalboxError) => {
      assert.equal(error.code, 'corrupt');
      assert.match(error.message, /signalbox\.sqlite-wal, .* is gone: put that file back/);
      return true;
    });
  await rename(`${wal}.away`, wal);
  await (await openSqliteStore({ directory }))[Symbol.asyncDispose]();
  await using _store = await openSqliteStore({ directory });
});

test('A84: a start that fails after a crash does not make the next one miss what SQLite has merged', async t => {
  const { child, lines } = startAdmitting(t, '');
  assert.equal((await lines.next()).value, 'open');
  await lines.next();
  child.kill('SIGKILL');
  await once(child, 'close');
  {
    using database = new DatabaseSync(join(directory, 'signalbox.sqlite'));
    database.exec(`insert into migration values (999, 'tomorrow', 0)`);
    await assert.rejects(openSqliteStore({ directory }), { code: 'conflict' });
  }
  await assert.rejects(openSqliteStore({ directory }), { code: 'conflict' });
});

test('A84: on a file system that is read-only the remedy is said', async t => {
  await mkdir(directory);
  const run = (program: string, ...args: string[]) => spawnSync(program, [...args, directory]).status === 0;
  if (!run('mount', '-t', 'tmpfs', 'tmpfs')) return t.skip('this user may not mount anything');
  t.after(() => assert.ok(run('umount')));
  await closedStore();
  assert.ok(run('mount', '-o', 'remount,ro'));
  await assert.rejects(openSqliteStore({ directory }), (error: SignalboxError) => {
    assert.equal(error.code, 'unavailable');
    assert.match(error.message, /cannot be written .*: let this user write there, .* not mounted read-only/);
    return true;
  });
});

test('what is made is for its owner alone; a directory that was there keeps its mode', async () => {
  const mode = async (name: string) => ((await stat(join(directory, name))).mode & 0o777).toString(8);
  {
    using _claimed = await claimDataDirectory(directory);
    await using _store = await openSqliteStore({ directory });
    assert.equal(await mode(''), '700');
    for (const file of ['', '-wal', '-shm']) assert.equal(await mode(`signalbox.sqlite${file}`), '600', file);
  }
  await chmod(directory, 0o750);
  using _claimed = await claimDataDirectory(directory);
  assert.equal(await mode(''), '750');
});

test('leaves nothing behind but its data', async () => {
  {
    using _claimed = await claimDataDirectory(directory);
    await using _store = await openSqliteStore({ directory });
  }
  assert.deepEqual((await readdir(directory)).sort(), ['lock.sqlite', 'signalbox.sqlite']);
});
