import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startHostileServer } from '../../../test/support/hostile-server.ts';
import { createNet } from './net.ts';

const strict = { dev: false, allowsPrivateHosts: false, plc: 'https://plc.test', jetstream: null };
const dev = { ...strict, dev: true };
const signal = new AbortController().signal;

describe('the way out', { timeout: 30_000 }, () => {
  test('leads to the public internet over TLS, or nowhere', async () => {
    const net = createNet(strict);
    for (const [url, why] of [
      ['http://knot.test/', /not encrypted/],
      ['ws://knot.test/', /not encrypted/],
      ['https://127.0.0.1/', /not on the public internet/],
      ['https://[::1]/', /not on the public internet/],
      ['https://169.254.169.254/', /not on the public internet/],
      ['wss://10.0.0.1:5555/events', /not on the public internet/],
    ] as const) {
      assert.throws(() => net.agentFor(new URL(url)), { code: 'forbidden', message: why }, url);
    }
    // A name is looked up when it is connected to, and that very address is judged.
    await assert.rejects(net.get(new URL('https://localhost:1/'), 10, signal), {
      message: /localhost is not on the public internet/,
    });
  });

  test('leads to private hosts where that is allowed, and to what the settings name', () => {
    const open = createNet({ ...strict, allowsPrivateHosts: true });
    assert.ok(open.agentFor(new URL('https://10.0.0.1/')));
    assert.throws(() => open.agentFor(new URL('http://10.0.0.1/')), { code: 'forbidden' });
    const chosen = createNet({ ...strict, plc: 'http://127.0.0.1:2582' });
    assert.ok(chosen.agentFor(new URL('http://127.0.0.1:2582/did:plc:x')));
    assert.throws(() => chosen.agentFor(new URL('http://127.0.0.1:2583/')), { code: 'forbidden' });
  });

  test('follows no redirect, and takes no more than asked for', async () => {
    const paths: (string | undefined)[] = [];
    await using server = await startHostileServer((request, response) => {
      paths.push(request.url);
      if (request.url === '/away') response.writeHead(302, { location: '/there' }).end();
      else response.writeHead(200, { 'content-type': 'application/json; a=b' }).end('x'.repeat(100));
    });
    const net = createNet(dev);
    const answer = await net.get(new URL('/away', server.url), 10, signal);
    assert.equal(answer.status, 302);
    assert.deepEqual(paths, ['/away']);
    await assert.rejects(net.get(new URL('/long', server.url), 99, signal), { code: 'too_large' });
    const whole = await net.get(new URL('/long', server.url), 100, signal);
    assert.deepEqual([whole.contentType, whole.bytes.length], ['application/json', 100]);
  });

  test('tells a no from no answer', async () => {
    const answers: [status: number, body: string][] = [
      [400, '{"error":"RecordNotFound"}'],
      [404, 'no'],
      [501, 'no'],
      [429, 'later'],
      [500, 'oops'],
      [302, ''],
      [200, 'not json'],
    ];
    await using server = await startHostileServer((_, response) => {
      const [status, body] = answers.shift() ?? [200, '{}'];
      response.writeHead(status).end(body);
    });
    const net = createNet(dev);
    for (const code of [
      'invalid',
      'not_found',
      'not_found',
      'unavailable',
      'unavailable',
      'unavailable',
      'unavailable',
    ])
      await assert.rejects(net.json(new URL(server.url), signal), { code });
    assert.deepEqual(await net.json(new URL(server.url), signal), {});
  });

  test('names hosts as the settings do', () => {
    assert.equal(createNet(strict).at('knot.test', '/events', 'ws').href, 'wss://knot.test/events');
    assert.equal(createNet(dev).at('127.0.0.1:5555', '/a').href, 'http://127.0.0.1:5555/a');
  });
});
