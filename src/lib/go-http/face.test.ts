import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createBodyRoom } from '../body-room.ts';
import { type Answered, createFace, type FaceLimits, faceLimits } from './face.ts';
import type { Field, HttpAnswer, HttpHandler } from './message.ts';

/** Debian's package of that name; where it is missing there is nothing to compare with. */
const original = 'webhook';
const text: Field = ['Content-Type', 'text/plain; charset=utf-8'];

function answer(status: number, body: string, headers: readonly Field[] = []): HttpAnswer {
  const bytes = Buffer.from(body);
  return {
    status,
    informational: null,
    headers,
    aboutBody: [
      ...(bytes.length > 2048 ? [] : [['Content-Length', String(bytes.length)] as const]),
      ...(bytes.length > 0 && !headers.some(([name]) => name === 'Content-Type') ? [text] : []),
    ],
    body: bytes,
  };
}

const page = answer(404, '404 page not found\n', [text, ['X-Content-Type-Options', 'nosniff']]);
const long = Array.from({ length: 2000 }, (_, n) => `${n + 1}\n`).join('');

/** Answers as webhook does with the hooks below; what stands in front of the face decides, not the face. */
const handler: HttpHandler = async request => {
  const path = request.target.split('?')[0] ?? '';
  const servers: readonly Field[] = [
    ['A-B', '2'],
    ['X-Z', '1'],
  ];
  if (path.includes('%zz')) return 'bad request';
  if (path.startsWith('//')) {
    const moved = answer(301, '', [['Location', '/hooks/bg']]);
    return request.method === 'HEAD' ? { ...moved, aboutBody: [] } : moved;
  }
  if (path === '/') return answer(200, 'OK');
  if (path === '/hooks/bg' || path === '/hooks/info') {
    await request.readBody(1_000_000);
    if (path === '/hooks/bg') return answer(200, 'hi', servers);
    return { ...answer(200, 'hi', [...servers, ['Zed', 'é']]), informational: 102 };
  }
  if (path === '/hooks/post') return answer(405, '');
  if (path === '/hooks/probe') return answer(418, '');
  if (path === '/hooks/nothing') return { ...answer(204, '', servers), aboutBody: [] };
  if (path === '/hooks/long' || path === '/hooks/typed') {
    if (path === '/hooks/long') return answer(200, long, servers);
    return answer(200, long, [
      ['A-B', '2'],
      ['Content-Type', 'text/x'],
      ['X-Z', '1'],
    ]);
  }
  return path.startsWith('/hooks/') ? answer(404, 'Hook not found.') : page;
};

const hooks = [
  { id: 'bg', 'execute-command': '/bin/true', 'response-message': 'hi' },
  {
    id: 'info',
    'execute-command': '/bin/true',
    'response-message': 'hi',
    'success-http-response-code': 102,
    'response-headers': [{ name: 'zed', value: 'é' }],
  },
  { id: 'post', 'execute-command': '/bin/true', 'http-methods': ['POST'] },
  { id: 'probe', 'execute-command': '/bin/true', 'success-http-response-code': 418 },
  { id: 'nothing', 'execute-command': '/bin/true', 'success-http-response-code': 204 },
  {
    id: 'long',
    'execute-command': '/usr/bin/seq',
    'pass-arguments-to-command': [{ source: 'string', name: '2000' }],
    'include-command-output-in-response': true,
  },
  {
    id: 'typed',
    'execute-command': '/usr/bin/seq',
    'pass-arguments-to-command': [{ source: 'string', name: '2000' }],
    'include-command-output-in-response': true,
    'response-headers': [{ name: 'content-type', value: 'text/x' }],
  },
];

async function openFace(
  options: { readonly limits?: FaceLimits; readonly handler?: HttpHandler; readonly roomBytes?: number } = {},
): Promise<
  { readonly port: number; readonly log: Answered[]; readonly failures: unknown[] } & AsyncDisposable
> {
  const log: Answered[] = [];
  const failures: unknown[] = [];
  const server = createFace(options.handler ?? handler, {
    tls: null,
    room: createBodyRoom(options.roomBytes ?? 100_000_000),
    limits: options.limits ?? faceLimits,
    nameRequest: () => 'abc',
    answered: (_request, answered) => log.push(answered),
    failed: (_request, error) => failures.push(error),
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    log,
    failures,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** All that comes back; `quiet` ends the wait when nothing more comes, for connections that stay open. */
async function exchange(port: number, pieces: readonly string[], end = false): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  let got = '';
  const quiet = Promise.withResolvers<string>();
  socket.on('data', (piece: Buffer) => {
    got += piece.toString('latin1');
    if (got.includes(marker)) quiet.resolve('[open]');
  });
  const over = Promise.withResolvers<string>();
  socket.on('error', () => {}).on('close', () => over.resolve('[closed]'));
  socket.on('end', () => socket.end());
  for (const piece of pieces) socket.write(piece, 'latin1');
  if (end) socket.end();
  const guard = setTimeout(() => socket.destroy(), 10_000);
  const how = await Promise.race([quiet.promise, over.promise]);
  clearTimeout(guard);
  socket.destroy();
  return `${got.replace(/Date: [^\r]*/g, 'Date: *').split(marker)[0]}${how}`;
}

/** The head of an answer to a probe that is sent behind a request: shows that the connection went on. */
const marker = 'HTTP/1.1 418';
const probe = 'GET /hooks/probe HTTP/1.1\r\nHost: probe\r\n\r\n';

const request = (method: string, target: string, head = '', body = '', version = '1.1'): string =>
  `${method} ${target} HTTP/${version}\r\n${version === '1.0' ? '' : 'Host: h\r\n'}${head}\r\n${body}`;
const close = 'Connection: close\r\n';

const cases: Readonly<Record<string, string>> = {
  'root, last request': request('GET', '/', close),
  'root, connection kept': request('GET', '/') + probe,
  'HTTP/1.0': request('GET', '/', '', '', '1.0'),
  'HTTP/1.0 that asks to close': request('GET', '/', close, '', '1.0'),
  'HTTP/1.0, long': request('GET', '/hooks/long', '', '', '1.0'),
  'three in a row': request('GET', '/') + request('GET', '/hooks/none') + request('POST', '/', close),
  'no page': request('GET', '/nope', close),
  'no hook': request('GET', '/hooks/none', close),
  'method not allowed': request('GET', '/hooks/post', close),
  'hook, HEAD': request('HEAD', '/hooks/bg', close),
  'root, HEAD, kept': request('HEAD', '/') + probe,
  'long, HEAD': request('HEAD', '/hooks/long', close),
  'long, in chunks': request('GET', '/hooks/long', close),
  'long, kept': request('GET', '/hooks/long') + probe,
  'long, with a type of its own': request('GET', '/hooks/typed', close),
  'no content': request('GET', '/hooks/nothing') + probe,
  'informational first, and a header in UTF-8': request('GET', '/hooks/info', close),
  moved: request('GET', '//hooks/bg', close),
  'moved, HEAD': request('HEAD', '//hooks/bg', close),
  'absolute target': request('GET', 'http://q/hooks/bg', close).replace('http://q', ''),
  'bad escape': request('GET', '/%zz'),
  'no host': 'GET / HTTP/1.1\r\n\r\n',
  'malformed host': 'GET / HTTP/1.1\r\nHost: a b\r\n\r\n',
  'two hosts': 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'HTTP/2.0': request('GET', '/', close, '', '2.0'),
  'no HTTP': 'junk\r\n\r\n',
  'bad header name': request('GET', '/', 'fo o: 1\r\n'),
  'blank in target': request('GET', '/a b'),
  'bad length': request('POST', '/', 'Content-Length: x\r\n'),
  'two lengths': request('POST', '/', 'Content-Length: 1\r\nContent-Length: 2\r\n', 'ab'),
  'unknown transfer encoding': request('POST', '/hooks/bg', 'Transfer-Encoding: gzip\r\n'),
  'huge head': request('GET', '/', `X: ${'a'.repeat(1_100_000)}\r\n`),
  'body that nobody reads':
    request('POST', '/hooks/none', 'Content-Length: 3000\r\n', 'a'.repeat(3000)) + probe,
  'long body that nobody reads': request(
    'POST',
    '/hooks/none',
    'Content-Length: 300000\r\n',
    'a'.repeat(300_000),
  ),
  'chunked body':
    request('POST', '/hooks/bg', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\n0\r\n\r\n') + probe,
  'asks before it sends':
    request('POST', '/hooks/bg', 'Expect: 100-continue\r\nContent-Length: 1\r\n', 'a') + probe,
  'asks before it sends, in vain': request(
    'POST',
    '/hooks/none',
    'Expect: 100-continue\r\nContent-Length: 1\r\n',
  ),
  'expects something else': request('POST', '/hooks/bg', `Expect: x\r\n${close}`),
};

describe('the same bytes as a program written with net/http', { concurrency: false }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-face-'));
  let webhook: ChildProcess | undefined;
  let theirs = 0;
  before(async () => {
    if (spawnSync(original, ['-version']).status !== 0) return;
    writeFileSync(join(directory, 'hooks.json'), JSON.stringify(hooks));
    const reserve = createServer().listen(0, '127.0.0.1');
    await once(reserve, 'listening');
    theirs = (reserve.address() as AddressInfo).port;
    reserve.close();
    await once(reserve, 'close');
    webhook = spawn(
      original,
      `-ip 127.0.0.1 -port ${theirs} -hooks ${directory}/hooks.json -header A-B=2 -header X-Z=1`.split(' '),
      { stdio: 'ignore' },
    );
    const deadline = Date.now() + 10_000;
    while ((await exchange(theirs, [request('GET', '/', close)])) === '[closed]')
      assert.ok(Date.now() < deadline, 'webhook does not answer');
  });
  after(async () => {
    if (webhook?.kill('SIGKILL')) await once(webhook, 'exit');
    rmSync(directory, { recursive: true });
  });
  for (const [name, bytes] of Object.entries(cases))
    test(name, async t => {
      await using ours = await openFace();
      const said = await exchange(ours.port, [bytes]);
      assert.match(said, /^HTTP\/1\.[01] \d{3} /);
      if (webhook === undefined) t.diagnostic('webhook is not installed: nothing to compare with');
      else assert.equal(said, await exchange(theirs, [bytes]));
    });
});

test('who has sent all and closes that side still gets the answer', async () => {
  await using face = await openFace();
  assert.match(await exchange(face.port, [request('GET', '/')], true), /^HTTP\/1\.1 200 OK.*OK\[closed\]$/s);
});

test('a body that breaks off is told as such, and can be answered', async () => {
  for (const sent of [
    request('POST', '/', 'Content-Length: 20\r\n', 'abc'),
    request('POST', '/', 'Transfer-Encoding: chunked\r\n', '3\r\nabc\r\nzz\r\n'),
  ]) {
    await using face = await openFace({
      handler: async ({ readBody }) => {
        const body = await readBody(100);
        return answer(
          400,
          body.result === 'cut' ? `cut after ${Buffer.from(body.bytes).toString()}` : body.result,
        );
      },
    });
    assert.match(await exchange(face.port, [sent], true), /^HTTP\/1\.1 400 [^]*cut after abc\[closed\]$/);
  }
});

test('a body longer than the handler wants is not read to its end, and the answer arrives', async () => {
  await using face = await openFace({
    handler: async ({ readBody }) => answer(413, (await readBody(10)).result),
  });
  const long = 'a'.repeat(20_000_000);
  for (const head of [`Content-Length: ${long.length}\r\n`, 'Transfer-Encoding: chunked\r\n']) {
    const body = head.startsWith('C') ? long : `${long.length.toString(16)}\r\n${long}\r\n0\r\n\r\n`;
    assert.match(
      await exchange(face.port, [request('POST', '/', head, body)]),
      /^HTTP\/1\.1 413 [^]*Connection: close\r\n\r\ntoo long\[closed\]$/,
    );
  }
});

test('what is broken behind a request takes nothing from it', async () => {
  await using face = await openFace({
    handler: async ({ readBody }) => {
      await new Promise(resolve => setImmediate(resolve));
      return answer(200, (await readBody(10)).result);
    },
  });
  assert.match(
    await exchange(face.port, [`${request('POST', '/', 'Content-Length: 3\r\n', 'abc')}junk\r\n\r\n`]),
    /^HTTP\/1\.1 200 [^]*\r\n\r\nwholeHTTP\/1\.1 400 Bad Request\r\n[^]*\[closed\]$/,
  );
});

test('a handler that throws costs its sender a bare 500, and nobody else', async () => {
  await using face = await openFace({
    handler: async ({ target }) => {
      if (target === '/bad') throw new Error('broken');
      return answer(418, '');
    },
  });
  const said = await exchange(face.port, [request('GET', '/bad') + probe]);
  assert.match(
    said,
    /^HTTP\/1\.1 500 Internal Server Error\r\nDate: \*\r\nContent-Length: 0\r\n\r\n\[open\]$/,
  );
  assert.equal(face.failures.length, 1);
});

test('a body in pieces is sent in chunks; when it breaks, so does the connection', async () => {
  const pieces = async function* (breaks: boolean) {
    yield Buffer.from('one');
    yield Buffer.from('two');
    if (breaks) throw new Error('the source broke');
  };
  await using face = await openFace({
    handler: async ({ target }) => ({
      ...answer(200, ''),
      aboutBody: [],
      body: pieces(target === '/breaks'),
    }),
  });
  assert.match(
    await exchange(face.port, [request('GET', '/', close)]),
    /chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n\[closed\]$/,
  );
  assert.doesNotMatch(await exchange(face.port, [request('GET', '/breaks', close)]), /0\r\n\r\n\[closed\]$/);
  assert.deepEqual(
    face.log.map(({ status, bytes }) => ({ status, bytes })),
    [{ status: 200, bytes: 6 }],
  );
});

test('a head that does not come to its end is not waited for', async () => {
  await using face = await openFace({ limits: { headMs: 50, requestMs: 50, idleMs: 50 } });
  assert.match(await exchange(face.port, ['GET / HTTP/1.1\r\nHo']), /\[closed\]$/);
});

test('a body that stalls is answered as one that breaks off', async () => {
  await using face = await openFace({
    limits: { headMs: 50, requestMs: 50, idleMs: 50 },
    handler: async ({ readBody }) => answer(400, (await readBody(100)).result),
  });
  assert.match(
    await exchange(face.port, [request('POST', '/', 'Content-Length: 20\r\n', 'abc')]),
    /^HTTP\/1\.1 400 [^]*cut\[closed\]$/,
  );
});

test('who sends request after request without taking an answer is cut off', async () => {
  const never = new Promise<HttpAnswer>(() => {});
  await using face = await openFace({ handler: () => never });
  assert.equal(await exchange(face.port, [request('GET', '/').repeat(200)]), '[closed]');
});

test('bodies that nobody has answered yet take no more memory than there is room for', async () => {
  const read: string[] = [];
  await using face = await openFace({
    roomBytes: 100_000,
    handler: async ({ readBody }) => {
      const { result } = await readBody(1_000_000);
      read.push(result);
      return answer(200, result);
    },
  });
  const part = request('POST', '/', 'Content-Length: 200000\r\n', 'a'.repeat(80_000));
  const senders = [0, 1].map(() => connect(face.port, '127.0.0.1'));
  const closed = Promise.race(senders.map(sender => once(sender, 'close')));
  for (const sender of senders) {
    sender.on('error', () => undefined);
    sender.write(part);
  }
  // There is room for one of them.
  await closed;
  assert.deepEqual(read, ['cut']);
  for (const sender of senders) sender.destroy();
});
