import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { commandRule, type House, openHouse, sign } from '../../../test/support/doors/open-house.ts';
import { exchange, openSocket, untilClosed } from '../../../test/support/doors/raw-socket.ts';
import type { EventId } from '../../domain/id.ts';

const bodyLimitBytes = 4096;
const post = (house: House, path: string, body: string, headers: Record<string, string> = {}) =>
  fetch(house.publicUrl + path, { method: 'POST', body, headers: { 'x-signature': sign(body), ...headers } });
const refusals = async (house: House) => (await house.store.refusals({ limit: 200, after: null })).items;
const eventCount = async (house: House) =>
  (await house.store.events({ source: null, type: null, repo: null }, { limit: 200, after: null })).items
    .length;

describe('the public door', { timeout: 60_000 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse({ bodyLimitBytes });
  });
  after(() => house[Symbol.asyncDispose]());

  test('an accepted delivery is answered 202 with ids, in the body and in headers, once it is stored', async () => {
    const response = await house.deliver({ type: 'push' });
    assert.equal(response.status, 202);
    const body = (await response.json()) as { event: EventId; runs: string[]; matched: boolean };
    assert.deepEqual(Object.keys(body).sort(), ['event', 'matched', 'runs']);
    assert.equal(body.matched, true);
    assert.equal(response.headers.get('x-signalbox-event'), body.event);
    assert.equal(response.headers.get('x-signalbox-run'), body.runs.join(', '));
    assert.equal((await house.store.event(body.event))?.verdicts[0]?.verdict, 'matched');
  });

  test('A20, A27: what no rule wants is accepted all the same, starts nothing, and says why', async () => {
    for (const [event, reason] of [
      [
        { type: 'other', action: 'ping', note: 'a ping' },
        'the event is "ping": it asks for nothing, not a push',
      ],
      [{ type: 'tag', action: 'created' }, 'the event is a tag, not a push'],
    ] as const) {
      const response = await house.deliver(event);
      assert.equal(response.status, 202);
      assert.equal(response.headers.has('x-signalbox-run'), false);
      const body = (await response.json()) as { event: EventId; runs: string[]; matched: boolean };
      assert.deepEqual([body.runs, body.matched], [[], false]);
      const [verdict, ...others] = (await house.store.event(body.event))?.verdicts ?? [];
      assert.deepEqual([verdict?.verdict, verdict?.reason, others], ['not matched', reason, []]);
    }
  });

  test('a copy is answered 200 with the ids of the first', async () => {
    const first = await house.deliver({ deliveryId: 'same' });
    const copy = await house.deliver({ deliveryId: 'same' });
    assert.equal(copy.status, 200);
    const { event, runs } = (await first.json()) as { event: string; runs: string[] };
    assert.deepEqual(await copy.json(), { event, runs, duplicate: true });
    assert.equal(copy.headers.get('x-signalbox-event'), event);
  });

  test('A10: of a hundred copies at once one is admitted, the others are called duplicates, all with the same ids', async () => {
    const before = await eventCount(house);
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => house.deliver({ deliveryId: 'a hundred' })),
    );
    const statuses = answers.map(({ status }) => status);
    assert.equal(statuses.filter(status => status === 202).length, 1);
    assert.equal(statuses.filter(status => status === 200).length, 99);
    for (const name of ['x-signalbox-event', 'x-signalbox-run'])
      assert.equal(new Set(answers.map(({ headers }) => headers.get(name))).size, 1);
    assert.equal(await eventCount(house), before + 1);
    const event = answers[0]?.headers.get('x-signalbox-event') as EventId;
    const found = await house.store.event(event);
    assert.equal(found?.duplicates.length, 99);
    assert.equal(found?.verdicts[0]?.runs.length, 1);
  });

  test('A11: a copy with another body is recorded as a conflict, and starts nothing', async () => {
    const first = await house.deliver({ deliveryId: 'twisted' });
    const twisted = await house.deliver({ deliveryId: 'twisted', branch: 'other' });
    assert.equal(twisted.status, 200);
    const event = first.headers.get('x-signalbox-event') as EventId;
    const found = await house.store.event(event);
    assert.deepEqual(
      found?.duplicates.map(({ conflict }) => conflict),
      [true],
    );
    assert.equal(found?.verdicts[0]?.runs.length, 1);
    assert.equal(found?.event.branch, null);
  });

  test('a delivery is kept as it came, but without what would let its reader in somewhere', async () => {
    const body = JSON.stringify({ deliveryId: 'as it came' });
    const head = [
      'X-Twice: one',
      'x-signature: ' + sign(body),
      'Authorization: Bearer x',
      'Cookie: a=b',
      'X-Twice: two',
    ];
    const answer = await exchange(
      house.publicUrl,
      `POST /test?from=here HTTP/1.1\r\nHost: x\r\n${head.join('\r\n')}\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
    const id = /x-signalbox-event: (\S+)/i.exec(answer)?.[1] as EventId;
    const { delivery } = (await house.store.event(id))?.delivery ?? {};
    assert.equal(delivery?.path, '/test?from=here');
    assert.equal(delivery?.peer, '127.0.0.1');
    assert.equal(Buffer.from(delivery?.body ?? []).toString(), body);
    const names = delivery?.headers.map(([name]) => name);
    assert.deepEqual(names, ['host', 'x-twice', 'x-signature', 'x-twice', 'content-length', 'connection']);
    assert.deepEqual(
      delivery?.headers.filter(([name]) => name === 'x-twice').map(([, value]) => value),
      ['one', 'two'],
    );
  });

  test('A1: one byte over the cap is answered 413 and the connection closed, with a length and in chunks', async () => {
    const events = await eventCount(house);
    const atCap =
      `{"deliveryId":"at the cap","note":"${'x'.repeat(bodyLimitBytes)}`.slice(0, bodyLimitBytes - 2) + '"}';
    assert.equal((await post(house, '/test', atCap)).status, 202);
    const body = `${atCap} `;
    const head = `POST /test HTTP/1.1\r\nHost: x\r\nX-Signature: ${sign(body)}\r\n`;
    const answers = [
      await exchange(house.publicUrl, `${head}Content-Length: ${body.length}\r\n\r\n`, body),
      await exchange(house.publicUrl, `${head}Content-Length: ${body.length}\r\n\r\n`),
      await exchange(
        house.publicUrl,
        `${head}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n`,
        `${body}\r\n`,
      ),
    ];
    for (const answer of answers) assert.match(answer, /^HTTP\/1\.1 413 .*\r\nconnection: close\r\n/is);
    assert.equal(await eventCount(house), events + 1);
  });

  test('A1: a sender of chunks without end is not read on', async () => {
    const events = await eventCount(house);
    const socket = await openSocket(house.publicUrl);
    const answer = untilClosed(socket);
    socket.write('POST /test HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n');
    const chunk = `10000\r\n${'x'.repeat(0x10000)}\r\n`;
    const more = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', more);
    more();
    // A server that closes on what it has not read may take its answer back.
    const said = await answer.catch((error: unknown) => String(error));
    assert.match(said, /^HTTP\/1\.1 413 |ECONNRESET|EPIPE/);
    // What lies in the buffers of both ends counts as sent.
    assert.ok(socket.bytesWritten < 32 * 1024 * 1024, `${socket.bytesWritten} bytes were sent`);
    assert.equal(await eventCount(house), events);
  });

  test('A2: a wrong signature, a missing one and an unreadable body get the same words; the record says which it was', async () => {
    const body = '{"deliveryId":"forged"}';
    const answers = [
      await post(house, '/test', body, { 'x-signature': sign('something else') }),
      await fetch(`${house.publicUrl}/test`, { method: 'POST', body }),
    ];
    for (const answer of answers) {
      assert.equal(answer.status, 401);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/problem\+json/);
      assert.equal(answer.headers.has('x-signalbox-event'), false);
      assert.deepEqual(await answer.json(), { type: 'about:blank', title: 'Unauthorized', status: 401 });
    }
    const unreadable = await post(house, '/test', 'no json');
    assert.deepEqual(await unreadable.json(), { type: 'about:blank', title: 'Bad Request', status: 400 });
    const kept = await until(async () => {
      const found = await refusals(house);
      return found.length >= 3 ? found : undefined;
    });
    assert.deepEqual(
      kept.map(({ status, reason, bodyBytes }) => ({ status, reason, bodyBytes })),
      [
        { status: 400, reason: 'the body is not JSON', bodyBytes: 7 },
        { status: 401, reason: 'the signature is wrong', bodyBytes: body.length },
        { status: 401, reason: 'the signature is wrong', bodyBytes: body.length },
      ],
    );
  });

  test('A18: ambiguous requests are answered 400 and the connection closed; what follows on it is no request', async () => {
    const events = await eventCount(house);
    const body = '{"deliveryId":"smuggled"}';
    const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const length = `Content-Length: ${body.length}`;
    const shapes = {
      'a length and chunks': `${length}\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      'chunks and a length': `Transfer-Encoding: chunked\r\n${length}\r\n\r\n${chunks}`,
      'two lengths': `${length}\r\nContent-Length: 5\r\n\r\n${body}`,
      'the same length twice': `${length}\r\n${length}\r\n\r\n${body}`,
      'a list of lengths': `${length}, ${body.length}\r\n\r\n${body}`,
      'a signed length': `Content-Length: +${body.length}\r\n\r\n${body}`,
      'a length beyond all': `Content-Length: ${'9'.repeat(30)}\r\n\r\n${body}`,
      'chunks twice': `Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      'chunks that are not the last coding': `Transfer-Encoding: chunked, identity\r\n\r\n${chunks}`,
      'an unknown coding': `Transfer-Encoding: xchunked\r\n\r\n${chunks}`,
      'an odd byte in the coding': `Transfer-Encoding: \u000bchunked\r\n\r\n${chunks}`,
      'a chunk of a signed size': 'Transfer-Encoding: chunked\r\n\r\n-1\r\na\r\n0\r\n\r\n',
      'a chunk longer than it says': `Transfer-Encoding: chunked\r\n\r\n2\r\n${body}\r\n0\r\n\r\n`,
      'a folded header': `X-A: b\r\n c\r\n${length}\r\n\r\n${body}`,
      'a folded coding': `Transfer-Encoding:\r\n chunked\r\n\r\n${chunks}`,
      'a space before the colon': `Transfer-Encoding : chunked\r\n\r\n${chunks}`,
      'half a line end': `X-A: b\nTransfer-Encoding: chunked\r\n\r\n${chunks}`,
      'the other half': `X-A: b\rTransfer-Encoding: chunked\r\n\r\n${chunks}`,
    };
    for (const [shape, rest] of Object.entries(shapes)) {
      const head = `POST /test HTTP/1.1\r\nHost: x\r\nX-Signature: ${sign(body)}\r\n`;
      const answer = await exchange(
        house.publicUrl,
        `${head}${rest}GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`,
      );
      assert.match(answer, /^HTTP\/1\.1 400 Bad Request\r\n/, shape);
      assert.match(answer, /connection: close/i, shape);
      assert.equal(answer.match(/HTTP\/1\.1/g)?.length, 1, shape);
    }
    assert.equal(await eventCount(house), events);
    const long = await exchange(
      house.publicUrl,
      `POST /test HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(17_000)}\r\n\r\n`,
    );
    assert.match(long, /^HTTP\/1\.1 431 /);
  });

  test('A25: tricks with paths find nothing', async () => {
    const paths = [
      '/hooks/..%2fadmin',
      '/%00',
      '/test%00',
      '/%74est',
      '/test/',
      '//test',
      '/test/../test',
      '/%',
      '/%zz',
      '/test%2f',
      '/hooks/%252e%252e%252fadmin',
      '/..%5ctest',
    ];
    for (const path of [...paths, `/${'x'.repeat(8192)}`, '/TEST', 'http://evil/test']) {
      const answer = await exchange(
        house.publicUrl,
        `POST ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}`,
      );
      assert.match(answer, /^HTTP\/1\.1 404 Not Found\r\n/, path);
      assert.match(answer, /\{"type":"about:blank","title":"Not Found","status":404\}$/, path);
    }
  });

  test('other methods are answered 405 with the one that is right', async () => {
    const get = await fetch(`${house.publicUrl}/test`);
    assert.deepEqual([get.status, get.headers.get('allow')], [405, 'POST']);
    const banner = await fetch(house.publicUrl, { method: 'POST', body: 'x' });
    assert.deepEqual([banner.status, banner.headers.get('allow')], [405, 'GET, HEAD']);
  });

  test('A16: compressed bodies are answered 415: what is signed is what is read', async () => {
    assert.equal((await post(house, '/test', '{}', { 'content-encoding': 'gzip' })).status, 415);
    assert.equal((await post(house, '/test', '{}', { 'content-encoding': 'identity' })).status, 202);
  });

  test('any media type reaches the source, and a missing body is an empty one', async () => {
    const response = await post(house, '/test', '{"deliveryId":"form"}', {
      'content-type': 'application/x-www-form-urlencoded',
    });
    assert.equal(response.status, 202);
    const empty = await exchange(
      house.publicUrl,
      `POST /test HTTP/1.1\r\nHost: x\r\nX-Signature: ${sign('')}\r\nConnection: close\r\n\r\n`,
    );
    assert.match(empty, /^HTTP\/1\.1 400 /);
  });

  test('the banner names the program, health says ok', async () => {
    assert.deepEqual(await (await fetch(house.publicUrl)).json(), { name: 'signalbox', version: '1.2.3' });
    const health = await fetch(`${house.publicUrl}/healthz`);
    assert.deepEqual([health.status, await health.json()], [200, { status: 'ok' }]);
    assert.equal((await fetch(`${house.publicUrl}/healthz`, { method: 'HEAD' })).status, 200);
  });

  test('A21: a full queue is answered 503 with a time, before a long body is read, and recovers', async () => {
    await using house = await openHouse({ queueLimit: 1, rules: [commandRule('unit')] });
    const first = await house.deliver({ deliveryId: 'the first' });
    assert.equal(first.status, 202);
    const short = await house.deliver({});
    assert.deepEqual([short.status, short.headers.get('retry-after')], [503, '10']);
    const full = await exchange(
      house.publicUrl,
      'POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n',
    );
    assert.match(full, /^HTTP\/1\.1 503 /);
    assert.match(full, /retry-after: 10\r\n/i);
    const byHand = await house.api('/api/rules/unit/run', { method: 'POST' });
    assert.deepEqual([byHand.status, byHand.headers.get('retry-after')], [503, '10']);
    assert.equal(await eventCount(house), 1);
    assert.equal((await house.deliver({ deliveryId: 'the first' })).status, 200);
    assert.equal((await house.deliver({ type: 'other', action: 'ping' })).status, 202);
    const run = first.headers.get('x-signalbox-run');
    await house.api(`/api/runs/${run}/cancel`, { method: 'POST' });
    await until(async () => ((await house.deliver({})).status === 202 ? true : undefined));
  });

  test('A21: a store that cannot write is answered 503, never 2xx', async () => {
    await using house = await openHouse();
    await house.store[Symbol.asyncDispose]();
    const response = await house.deliver({});
    assert.equal(response.status, 503);
    assert.ok(Number(response.headers.get('retry-after')) > 0);
    assert.deepEqual(await response.json(), {
      type: 'about:blank',
      title: 'Service Unavailable',
      status: 503,
    });
    assert.equal((await fetch(`${house.publicUrl}/healthz`)).status, 503);
  });

  test('A17: slow senders of headers and of bodies are cut off, and others do not wait for them', async () => {
    await using house = await openHouse({ limits: { headersMs: 1_000, requestMs: 2_000, checkEveryMs: 50 } });
    const head = 'POST /test HTTP/1.1\r\nHost: x\r\n';
    const starts = [
      '',
      'POST /test HTTP/1.1\r\nHost',
      `${head}X-Slow: `,
      `${head}Content-Length: 1000000\r\n\r\n{`,
      `${head}Transfer-Encoding: chunked\r\n\r\nfffff\r\n`,
    ];
    const sockets = await Promise.all(
      starts.flatMap(start =>
        Array.from({ length: 40 }, async () => {
          const socket = await openSocket(house.publicUrl);
          socket.write(start);
          return { socket, isSilent: start === '', closed: untilClosed(socket) };
        }),
      ),
    );
    // A byte now and then, so that no connection is ever idle.
    const dripping = setInterval(() => {
      for (const { socket, isSilent } of sockets) if (!isSilent && socket.writable) socket.write('x');
    }, 20);
    let isOver = false;
    const slow = Promise.all(sockets.map(({ closed }) => closed)).finally(() => {
      isOver = true;
      clearInterval(dripping);
    });
    const answer = await house.deliver({});
    assert.deepEqual([answer.status, isOver], [202, false]);
    for (const answer of await slow) assert.ok(answer === '' || answer.startsWith('HTTP/1.1 408 '), answer);
  });
});

async function until<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('waited in vain');
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}

test('the long bodies of strangers take no more memory than a few, and short deliveries are taken meanwhile', {
  timeout: 30_000,
}, async () => {
  const limitBytes = 512 * 1024;
  await using house = await openHouse({ bodyLimitBytes: limitBytes });
  const head = `POST /test HTTP/1.1\r\nHost: x\r\nContent-Length: ${limitBytes}\r\n\r\n`;
  const piece = Buffer.alloc(32 * 1024);
  const strangers = await Promise.all(Array.from({ length: 12 }, () => openSocket(house.publicUrl)));
  const open = () => strangers.filter(socket => !socket.destroyed);
  for (const socket of strangers) socket.on('data', () => undefined).write(head);
  // All but the last piece: nobody is answered.
  for (let sent = 0; sent < limitBytes - piece.length; sent += piece.length)
    await Promise.all(open().map(socket => new Promise(resolve => socket.write(piece, resolve))));
  const deadline = AbortSignal.timeout(10_000);
  while (open().length > 5) {
    deadline.throwIfAborted();
    await new Promise(resolve => setImmediate(resolve));
  }
  assert.ok(open().length > 0);
  assert.equal((await house.deliver({ type: 'push' })).status, 202);
  await Promise.all(open().map(socket => new Promise(resolve => socket.once('close', resolve).destroy())));
  const long = JSON.stringify({ type: 'push', padding: 'x'.repeat(300_000) });
  // Until the server has noticed that they are gone.
  const status = () =>
    post(house, '/test', long).then(
      response => response.status,
      () => 503,
    );
  while ((await status()) !== 202) deadline.throwIfAborted();
});
