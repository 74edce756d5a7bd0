import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { openSocket } from '../../../test/support/doors/raw-socket.ts';
import { until } from '../../../test/support/server.ts';
import { type Envelope, readEvents } from '../../../test/support/tangled/strict-client.ts';
import { textFrame } from '../socket/frames.ts';
import { socketLimits } from '../socket/talker.ts';
import { cursorOf } from './events.ts';

const spindle = { hostname: 'ci.brookfield.example', owner: null, dev: false };

/** Announces so many records, and tells who waits for them. */
async function announce({ store, control }: House, from: number, count: number, filler = ''): Promise<void> {
  const records = Array.from({ length: count }, (_, n) => ({
    cause: `test ${from + n}`,
    nsid: 'sh.tangled.pipeline.status',
    rkey: null,
    record: { n: from + n, filler },
  }));
  await store.announce(records, { source: 'test', position: from });
  control.hint('announcement');
}

const numbers = (all: readonly Envelope[]): unknown[] => all.map(({ event }) => event['n']);
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);

describe('the stream of announcements', { timeout: 240_000 }, () => {
  test('without a cursor, with an empty one, 0, or one that is none: all; then what comes', async () => {
    await using house = await openHouse({ spindle });
    await announce(house, 0, 120);
    for (const cursor of [undefined, '', '0', 'abc', '1e3', '-7', '99999999999999999999']) {
      await using reader = await readEvents(house.publicUrl, cursor);
      assert.deepEqual(numbers(await reader.take(120)), range(0, 120), cursor);
    }
    const warned = house.notes.flatMap(note => (note.kind === 'cursor.unreadable' ? [note.cursor] : []));
    assert.deepEqual(warned, ['abc', '1e3', '99999999999999999999']);
  });

  test('after a cursor: what is strictly newer, in order, with all digits', async () => {
    await using house = await openHouse({ spindle });
    await announce(house, 0, 60);
    await using all = await readEvents(house.publicUrl);
    const records = await all.take(60);
    for (const [index, { created, rkey, nsid }] of records.entries()) {
      assert.ok(created > 2n ** 53n && created > (records[index - 1]?.created ?? 0n));
      assert.match(rkey, /^[2-7a-z]{13}$/);
      assert.equal(nsid, 'sh.tangled.pipeline.status');
    }
    for (const [after, expected] of [
      [records[29]?.created ?? 0n, 30],
      [(records[30]?.created ?? 0n) - 1n, 30],
      [records[0]?.created ?? 0n, 1],
    ] as const) {
      await using reader = await readEvents(house.publicUrl, after);
      assert.deepEqual(numbers(await reader.take(60 - expected)), range(expected, 60));
    }
    // Beyond the end: what comes is still older.
    await using future = await readEvents(house.publicUrl, (records.at(-1)?.created ?? 0n) + 10n ** 18n);
    await using now = await readEvents(house.publicUrl, records.at(-1)?.created ?? 0n);
    await announce(house, 60, 1);
    assert.deepEqual(numbers(await now.take(1)), [60]);
    await until(async () => future.socket.readyState === future.socket.OPEN || undefined, 'the other one');
    future.socket.close();
    assert.deepEqual(await future.rest(), []);
  });

  test('what is announced while a reader catches up comes once', async () => {
    await using house = await openHouse({ spindle });
    await announce(house, 0, 300);
    const readers = await Promise.all(range(0, 10).map(() => readEvents(house.publicUrl)));
    const announcing = (async () => {
      for (let n = 300; n < 600; n += 3) await announce(house, n, 3);
    })();
    const late = await readEvents(house.publicUrl);
    for (const reader of [...readers, late]) {
      await using _reader = reader;
      assert.deepEqual(numbers(await reader.take(600)), range(0, 600));
    }
    await announcing;
  });

  test('1,000 readers hear each record once', async () => {
    await using house = await openHouse({ spindle });
    await announce(house, 0, 20);
    const readers = await Promise.all(range(0, 1_000).map(() => readEvents(house.publicUrl)));
    for (const reader of readers) assert.equal((await reader.take(20)).length, 20);
    for (let n = 20; n < 120; n += 10) await announce(house, n, 10);
    for (const reader of readers) assert.deepEqual(numbers(await reader.take(100)), range(20, 120));
    await Promise.all(readers.map(reader => reader[Symbol.asyncDispose]()));
  });

  test('nothing is held for those who do not read', async () => {
    await using house = await openHouse({ spindle });
    await using good = await readEvents(house.publicUrl);
    const slow = await Promise.all(range(0, 15).map(() => readEvents(house.publicUrl)));
    for (const { socket } of slow) socket.pause();
    const before = process.memoryUsage().arrayBuffers;
    for (let n = 0; n < 300; n += 10) {
      await announce(house, n, 10, 'x'.repeat(100_000));
      await good.take(10);
    }
    // Held for each of them it would be 450 MB.
    assert.ok(process.memoryUsage().arrayBuffers - before < 250_000_000);
    for (const { socket } of slow) socket.resume();
    await Promise.all(slow.map(reader => reader[Symbol.asyncDispose]()));
  });

  test('a row that is damaged is left out and counted, and no frame is broken', async () => {
    await using house = await openHouse({ spindle });
    await announce(house, 0, 6);
    {
      using database = new DatabaseSync(join(house.directory, 'signalbox.sqlite'));
      const damage = database.prepare(`update announcement set record = ? where cause = ?`);
      damage.run('{"n":1', 'test 1');
      damage.run('[]', 'test 3');
      damage.run('', 'test 5');
    }
    for (let n = 0; n < 2; n++) {
      await using reader = await readEvents(house.publicUrl);
      assert.deepEqual(numbers(await reader.take(3)), [0, 2, 4]);
      await announce(house, 6 + n, 1);
      assert.deepEqual(numbers(await reader.take(1 + n)).at(-1), 6 + n);
    }
    assert.equal(house.notes.filter(({ kind }) => kind === 'announcement.skipped').length, 3);
  });

  test('readers are pinged, and one that answers stays', async () => {
    const sockets = { ...socketLimits, pingMs: 20, pongMs: 15_000 };
    await using house = await openHouse({ spindle, limits: { sockets } });
    await using reader = await readEvents(house.publicUrl);
    await until(async () => reader.pings() >= 5 || undefined, 'five pings');
    await announce(house, 0, 1);
    assert.equal((await reader.take(1)).length, 1);
  });

  test('one that answers no ping is dropped', async () => {
    const sockets = { ...socketLimits, pingMs: 20, pongMs: 20 };
    await using house = await openHouse({ spindle, limits: { sockets } });
    const socket = await openSocket(house.publicUrl);
    const gone = once(socket, 'close');
    socket.resume();
    socket.write(handshake);
    await gone;
  });

  test('one that takes nothing is dropped alone, and goes on by its cursor', async () => {
    const sockets = { ...socketLimits, writeMs: 200 };
    await using house = await openHouse({ spindle, limits: { sockets } });
    await using good = await readEvents(house.publicUrl);
    await using slow = await readEvents(house.publicUrl);
    await announce(house, 0, 1);
    const [first] = await slow.take(1);
    slow.socket.pause();
    // More than the system keeps for it.
    for (let n = 1; n < 301; n += 20) await announce(house, n, 20, 'x'.repeat(100_000));
    assert.deepEqual(numbers(await good.take(301)), range(0, 301));
    await until(async () => {
      // It sees that it was dropped when it has read what came before.
      slow.socket.resume();
      return slow.socket.readyState !== slow.socket.OPEN || undefined;
    }, 'the slow one to be dropped');
    const got = [first, ...(await slow.rest())].flatMap(each => each ?? []);
    assert.ok(got.length < 301);
    assert.equal((await slow.closed).code, 1006);
    await using again = await readEvents(house.publicUrl, got.at(-1)?.created ?? 0n);
    const all = [...got, ...(await again.take(301 - got.length))];
    assert.deepEqual(numbers(all), range(0, 301));
  });

  test('what readers say is thrown away, and too much of it ends them', async () => {
    await using house = await openHouse({ spindle });
    await using reader = await readEvents(house.publicUrl);
    reader.socket.send('hello');
    await announce(house, 0, 1);
    assert.equal((await reader.take(1)).length, 1);
    reader.socket.send('x'.repeat(2_000));
    assert.deepEqual(await reader.rest(), []);
    assert.equal((await reader.closed).code, 1009);
  });

  test('a closing door tells its readers that it goes away', async () => {
    const house = await openHouse({ spindle });
    await using reader = await readEvents(house.publicUrl);
    await house[Symbol.asyncDispose]();
    assert.deepEqual(await reader.rest(), []);
    assert.equal((await reader.closed).code, 1001);
  });
});

const handshake = [
  'GET /events HTTP/1.1',
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '\r\n',
].join('\r\n');

test('a cursor is a whole number of 64 bits, or none', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), n => cursorOf(String(n)) === n),
  );
  for (const text of [
    String(2n ** 63n),
    String(-(2n ** 63n) - 1n),
    'x',
    '1.0',
    '1e3',
    ' 1',
    '0x1',
    '9'.repeat(200),
  ])
    assert.equal(cursorOf(text), null);
  assert.equal(cursorOf('+5'), 5n);
  assert.equal(cursorOf(''), 0n);
});

test('a frame tells its length in the shortest way', () => {
  for (const [length, head] of [
    [0, 2],
    [125, 2],
    [126, 4],
    [65_535, 4],
    [65_536, 10],
  ] as const) {
    const frame = textFrame('x'.repeat(length));
    assert.equal(frame.length, head + length);
    assert.equal(frame[0], 0x81);
  }
});
