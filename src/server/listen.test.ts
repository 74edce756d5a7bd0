import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServer } from './create-server.ts';
import { doorLimits } from './door-limits.ts';
import { listen } from './listen.ts';

const server = () => createServer(doorLimits, 1024, {});

test('a taken port is told with its number and what to do', async () => {
  await using first = await listen(server(), { host: '127.0.0.1', port: 0 }, 1000);
  const port = Number(new URL(first.url).port);
  await assert.rejects(listen(server(), { host: '127.0.0.1', port }, 1000), {
    code: 'unavailable',
    message: `port ${port} on 127.0.0.1 is taken: end what listens there, or choose another port`,
  });
});

test('two that start together have a port each, where any will do', async () => {
  await using first = await listen(server(), { host: '127.0.0.1', port: 0 }, 1000);
  const usual = { host: '127.0.0.1', port: Number(new URL(first.url).port), orAny: true };
  await using second = await listen(server(), usual, 1000);
  await using third = await listen(server(), usual, 1000);
  assert.equal(new Set([first.url, second.url, third.url]).size, 3);
  for (const { url } of [second, third]) assert.equal((await fetch(url)).status, 404);
});

test('an address of another machine is told as such', async () => {
  await assert.rejects(listen(server(), { host: '192.0.2.1', port: 0 }, 1000), {
    code: 'unavailable',
    message: /192\.0\.2\.1 is not an address of this machine/,
  });
});

test('all addresses are reached through the loopback', async () => {
  await using door = await listen(server(), { host: '0.0.0.0', port: 0 }, 1000);
  assert.match(door.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.equal((await fetch(door.url)).status, 404);
});

test('a request under way is answered before its door is closed', { timeout: 10_000 }, async () => {
  const app = server();
  const asked = Promise.withResolvers<void>();
  const answer = Promise.withResolvers<string>();
  app.get('/', () => {
    asked.resolve();
    return answer.promise;
  });
  const door = await listen(app, { host: '127.0.0.1', port: 0 }, 60_000);
  const response = fetch(door.url);
  await asked.promise;
  const closed = door[Symbol.asyncDispose]();
  answer.resolve('done');
  assert.equal(await (await response).text(), 'done');
  await closed;
});
