import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openSocket, untilClosed } from '../../../test/support/doors/raw-socket.ts';
import { createServer } from '../create-server.ts';
import { doorLimits } from '../door-limits.ts';
import { listen } from '../listen.ts';
import type { Endpoint, RawCall } from './endpoint.ts';
import type { ApiNeeds } from './needs.ts';
import { serveEndpoint } from './serve-endpoint.ts';

/** A server whose one route streams without end; `ended` resolves when the stream is let go. */
async function openEndless(stalledMs: number) {
  const ended = Promise.withResolvers<RawCall>();
  const app = createServer(doorLimits, 1024, {});
  const endpoint = {
    handle: async (_needs: ApiNeeds, call: RawCall) => ({
      kind: 'stream',
      stream: { type: 'text/plain', fileName: null, chunks: endless(() => ended.resolve(call)) },
    }),
  } as unknown as Endpoint;
  app.decorateRequest('caller', null);
  app.addHook(
    'onRequest',
    async request =>
      void (request.caller = { name: 'admin', by: 'token', token: '', isKnown: async () => true }),
  );
  const needs = { journal: { note: () => undefined } } as unknown as ApiNeeds;
  app.get(
    '/',
    serveEndpoint(needs, endpoint, { ...doorLimits, closing: new AbortController().signal, stalledMs }),
  );
  const door = await listen(app, { host: '127.0.0.1', port: 0 }, 1000);
  return { ...door, ended: ended.promise };
}

async function* endless(ended: () => void): AsyncGenerator<string> {
  try {
    for (;;) yield 'x'.repeat(64 * 1024);
  } finally {
    ended();
  }
}

test('a reader that takes nothing for a while is cut off, and its stream let go', {
  timeout: 20_000,
}, async () => {
  await using server = await openEndless(300);
  const socket = await openSocket(server.url);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const call = await server.ended;
  assert.equal(call.signal.aborted, true);
  assert.match(await untilClosed(socket), /^HTTP\/1\.1 200 /);
});

test('a reader that goes away lets its stream go', { timeout: 20_000 }, async () => {
  await using server = await openEndless(60_000);
  const abort = new AbortController();
  await fetch(server.url, { signal: abort.signal });
  abort.abort();
  assert.equal((await server.ended).signal.aborted, true);
});
