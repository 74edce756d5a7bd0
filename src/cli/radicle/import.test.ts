import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import fc from 'fast-check';
import { runInProcess } from '../../../test/support/cli.ts';
import { needsPostgres, startPostgres } from '../../../test/support/postgres-server.ts';
import { brokerRow, writeBrokerDatabase } from '../../../test/support/radicle/broker-database.ts';
import { readBrokerRun } from '../../sources/radicle/broker/run.ts';
import { openSqliteStore } from '../../store/sqlite/store.ts';

const all = { state: null, rule: null, event: null };
const page = { limit: 200, after: null };

function open() {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-import-'));
  const database = join(directory, 'broker.db');
  writeFileSync(join(directory, 'signalbox.yaml'), 'version: 1\ndata: ./data\n');
  const env = { PATH: process.env['PATH'], RAD_HOME: join(directory, 'radicle') };
  const call = (...args: readonly string[]) =>
    runInProcess(['radicle', 'import', ...args], { cwd: directory, env });
  async function stored() {
    await using store = await openSqliteStore({ directory: join(directory, 'data') });
    const { items: runs } = await store.runs(all, page);
    const { items: events } = await store.events({ source: null, type: null, repo: null }, page);
    const outbox = [
      ...(await store.takeOutbox('ticket', Date.now(), 10, Date.now())),
      ...(await store.takeOutbox('report', Date.now(), 10, Date.now())),
    ];
    return { runs, events, outbox };
  }
  return {
    directory,
    database,
    call,
    stored,
    [Symbol.dispose]: () => rmSync(directory, { recursive: true }),
  };
}

test("a broker's runs are finished runs of the past, each once", async () => {
  using world = open();
  const { database, call, stored } = world;
  const patch = {
    patch: 'c'.repeat(40),
    commit: 'b'.repeat(40),
    revision: 'd'.repeat(40),
    who: 'did:key:z6MkEve',
  };
  writeBrokerDatabase(database, [
    brokerRow('one'),
    brokerRow('two', {
      timestamp: '2024-11-06 01:02:03Z',
      result: 'failure',
      adapter_info_url: 'javascript:alert(1)',
      whence: { Patch: patch },
    }),
    brokerRow('three', { timestamp: '1969-11-04 00:00:00Z', result: null, adapter_run_id: null }),
  ]);
  const first = await call('broker.db');
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /3 runs taken over, 0 were there already/);
  assert.match(first.stderr, /not in the node's storage any more.*rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5/);
  const { runs, events, outbox } = await stored();
  assert.deepEqual(
    runs.map(({ rule, queuedAt, plan, status }) => [
      rule,
      new Date(queuedAt).toISOString(),
      plan.revision?.sha?.[0],
      status.state === 'finished' && [status.outcome, status.reason, status.counterpart],
    ]),
    [
      [
        'radicle-ci-broker',
        '2024-11-06T01:02:03.000Z',
        'b',
        ['failure', null, { id: 'adapter-two', url: null }],
      ],
      [
        'radicle-ci-broker',
        '2024-11-05T12:34:56.000Z',
        'a',
        ['success', null, { id: 'adapter-one', url: 'https://ci.example.org/one/log.html' }],
      ],
      ['radicle-ci-broker', '1970-01-01T00:00:00.000Z', 'a', ['error', 'no_result', null]],
    ],
  );
  assert.deepEqual(
    events.map(({ event }) => [event.type, event.branch, event.actor.name, event.radicle?.standing]),
    [
      ['patch', null, null, 'stranger'],
      ['push', 'main', 'liw', 'stranger'],
      ['push', 'main', 'liw', 'stranger'],
    ],
  );
  assert.deepEqual(events[0]?.verdicts[0]?.reason, 'it ran in radicle-ci-broker, as run two');
  assert.deepEqual(outbox, []);

  // What came since is added; what is there stays what it is, whatever the broker says of it now.
  writeBrokerDatabase(database, [brokerRow('four'), brokerRow('one', { result: 'failure' })]);
  const again = await call('broker.db', '--json');
  const { added, known } = JSON.parse(again.stdout);
  assert.deepEqual([added, known], [1, 3]);
  const now = await stored();
  assert.equal(now.runs.length, 4);
  assert.deepEqual(
    now.runs.find(({ id }) => id === runs[1]?.id),
    runs[1],
  );

  // Also where delivery ids are forgotten before events are.
  {
    await using store = await openSqliteStore({ directory: join(world.directory, 'data') });
    assert.ok((await store.forgetDeliveryIds(Date.UTC(2100, 0), 1000)) > 0);
  }
  assert.match((await call('broker.db')).stdout, /0 runs taken over, 4 were there already/);
});

test('what is not finished, or cannot be read, is left out and named', async () => {
  using world = open();
  const { database, call, stored } = world;
  const unreadable = { repo_id: 'nothing' };
  writeBrokerDatabase(database, [
    brokerRow('old', { repo_name: undefined, repo_alias: 'heartwood', adapter_info_url: undefined }),
    brokerRow('new', {
      timestamp: '2025-01-01 00:00:00Z',
      whence: { Tag: { name: 'v1', commit: 'a'.repeat(40) } },
      of_later_brokers: 1,
    }),
    brokerRow('busy', { state: 'running', result: null }),
    brokerRow('bad', unreadable),
    ['garbage', '{'],
  ]);
  const told = await call('broker.db');
  assert.equal(told.code, 0);
  assert.match(told.stdout, /2 runs taken over/);
  assert.match(told.stderr, /the broker has not finished them: busy/);
  assert.match(told.stderr, /bad \(repo_id: is no id of a Radicle repository\)/);
  assert.match(told.stderr, /garbage \(/);
  const { events } = await stored();
  assert.deepEqual(
    events.map(({ event }) => [event.type, event.note]),
    [
      ['other', 'radicle-ci-broker calls it "Tag"'],
      ['push', null],
    ],
  );
  writeBrokerDatabase(database, [brokerRow('busy')]);
  assert.match((await call('broker.db')).stdout, /1 runs taken over, 2 were there already/);
});

test('what is no such database says so, and leaves nothing behind', async () => {
  using world = open();
  const { directory, database, call } = world;
  const refused = async (code: number, says: RegExp): Promise<void> => {
    const told = await call('broker.db');
    assert.equal(told.code, code, told.stderr);
    assert.match(told.stderr, says);
    assert.throws(() => readFileSync(join(directory, 'data', 'lock.pid')));
  };
  await refused(3, /there is no file .*broker\.db/);
  mkdirSync(database);
  await refused(5, /broker\.db cannot be read/);
  rmSync(database, { recursive: true });
  writeFileSync(
    database,
    'no database at all, but a text that is long enough to be taken for one'.repeat(20),
  );
  await refused(2, /broker\.db is no SQLite database/);
  rmSync(database);
  const make = (sql: string): void => {
    rmSync(database, { force: true });
    using made = new DatabaseSync(database);
    made.exec(sql);
  };
  make('create table things (id text)');
  await refused(2, /no database of radicle-ci-broker: there is no table ci_runs/);
  make('create table ci_runs (id text, run blob)');
  await refused(2, /has the columns id, run, .* a broker newer than it knows/);
  make(`create table ci_runs (broker_run_id text, json text);
    insert into ci_runs values ('one', '{"version":2}')`);
  await refused(2, /none of the 1 runs .* \(one: .*a broker newer than signalbox knows/);
});

test('a database that somebody writes to is left alone', { timeout: 30_000 }, async () => {
  using world = open();
  const { database, call } = world;
  writeBrokerDatabase(database, [brokerRow('one')]);
  using writer = new DatabaseSync(database);
  writer.exec('begin exclusive');
  const told = await call('broker.db');
  assert.equal(told.code, 5);
  assert.match(told.stderr, /broker\.db is locked: stop the broker that uses it, or try again/);
  writer.exec('rollback');
  assert.equal((await call('broker.db')).code, 0);
});

test('no run of a broker makes reading throw anything but a reason', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), text => {
      try {
        readBrokerRun(text);
      } catch (error) {
        assert.ok(error instanceof Error && error.constructor === Error);
      }
    }),
  );
});

test(
  'runs of a broker go into the database that the configuration names, not beside it',
  needsPostgres,
  async () => {
    using world = open();
    await using server = await startPostgres();
    const url = await server.createDatabase();
    writeFileSync(join(world.directory, 'signalbox.yaml'), `version: 1\ndata: ./data\nstore: "${url}"\n`);
    writeBrokerDatabase(world.database, [brokerRow('one'), brokerRow('two')]);
    assert.match((await world.call('broker.db')).stdout, /2 runs taken over/);
    const name = new URL(url).pathname.slice(1);
    assert.deepEqual(await server.ask('select count(*)::int as runs from run', name), [{ runs: 2 }]);
    assert.match((await world.call('broker.db', '--data', 'apart')).stdout, /apart: 2 runs taken over/);
    assert.match((await world.call('broker.db')).stdout, /0 runs taken over, 2 were there already/);
  },
);
