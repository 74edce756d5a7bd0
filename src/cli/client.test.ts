import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { startHostileServer } from '../../test/support/hostile-server.ts';
import { createApi } from './client.ts';

const never = new AbortController().signal;
const anything = z.object({ ok: z.boolean() });
const api = (admin: string, token: string | null = 'sbx_secret', signal = never) =>
  createApi({ signal }, { admin, public: null, token });

test('the token goes along, the answer comes back as it is and as it is shown', async () => {
  await using server = await startHostileServer((request, response) => {
    response.end(
      JSON.stringify({ ok: true, token: request.headers.authorization, url: request.url, more: [1] }),
    );
  });
  const { json, value } = await api(server.url).get('/api/x', anything, { limit: 2, after: undefined });
  assert.deepEqual(value, { ok: true });
  assert.deepEqual(json, { ok: true, token: 'Bearer sbx_secret', url: '/api/x?limit=2', more: [1] });
});

test('a redirect is not followed: the token stays here', async () => {
  let stolen = 0;
  await using thief = await startHostileServer((_, response) => {
    stolen += 1;
    response.end('{"ok":true}');
  });
  await using server = await startHostileServer((_, response) => {
    response.writeHead(307, { location: thief.url }).end();
  });
  await assert.rejects(api(server.url).get('/api/x', anything), {
    code: 'invalid',
    message: /redirects to .*--url/,
  });
  assert.equal(stolen, 0);
});

test('statuses and problems become errors with the words of the server, made harmless', async () => {
  const cases: [status: number, body: string, code: string, message: RegExp][] = [
    [400, '{"detail":"limit: too large","code":"invalid"}', 'invalid', /^limit: too large$/],
    [
      401,
      '{"detail":"the token is not valid"}',
      'unauthenticated',
      /refuses the token \(the token is not valid\).*--token/,
    ],
    [403, '', 'forbidden', /answered 403/],
    [
      404,
      '{"detail":"there is no run \\u001b[31mx\\u202e"}',
      'not_found',
      /^there is no run \\u\{1b\}\[31mx\\u\{202e\}$/,
    ],
    [409, '{"code":"conflict","detail":"it is over"}', 'conflict', /^it is over$/],
    [418, '<html>teapot</html>', 'invalid', /answered 418/],
    [429, '{}', 'overloaded', /answered 429/],
    [500, '', 'unavailable', /answered 500/],
    [503, `{"detail":"${'x'.repeat(5000)}"}`, 'unavailable', /^x{599}…$/],
  ];
  for (const [status, body, code, message] of cases) {
    await using server = await startHostileServer((_, response) => response.writeHead(status).end(body));
    await assert.rejects(api(server.url).get('/api/x', anything), { code, message }, `${status}`);
  }
});

test('without a token, a 401 says how to give one', async () => {
  await using server = await startHostileServer((_, response) => response.writeHead(401).end());
  await assert.rejects(api(server.url, null).get('/api/x', anything), {
    code: 'unauthenticated',
    message: /SIGNALBOX_TOKEN/,
  });
});

test('what is not an answer of a signalbox is refused, not shown', async () => {
  for (const body of ['', '<html>', '{"ok":1}', '[]', 'null', `{"ok":${'['.repeat(100_000)}`]) {
    await using server = await startHostileServer((_, response) => response.end(body));
    await assert.rejects(api(server.url).get('/api/x', anything), {
      code: 'corrupt',
      message: /not answer like a signalbox/,
    });
  }
});

test('an answer without end is left', async () => {
  await using server = await startHostileServer((_, response) => {
    const chunk = Buffer.alloc(256 * 1024, ' ');
    const more = () => {
      while (response.write(chunk));
    };
    response.on('drain', more);
    more();
  });
  await assert.rejects(api(server.url).get('/api/x', anything), {
    code: 'corrupt',
    message: /more than \d+ bytes/,
  });
});

test('a server that is not there, or hangs up, is said to be so', async () => {
  await using server = await startHostileServer((request, response) => {
    if (request.url === '/half') response.writeHead(200, { 'content-length': '100' }).write('{"ok":');
    request.socket.destroySoon();
  });
  await assert.rejects(api(server.url).get('/none', anything), { code: 'unavailable' });
  await assert.rejects(api(server.url).get('/half', anything), { code: 'unavailable' });
  const gone = server.url;
  await server[Symbol.asyncDispose]();
  await assert.rejects(api(gone).get('/api/x', anything), {
    code: 'unavailable',
    message: /signalbox serve/,
  });
});

test('who waits for a server that never answers can leave', async () => {
  const leave = new AbortController();
  await using server = await startHostileServer(() => leave.abort());
  await assert.rejects(api(server.url, null, leave.signal).get('/api/x', anything), { name: 'AbortError' });
});
