import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { WebSocket, WebSocketServer } from 'ws';
import { createNet } from './net.ts';
import { type Frame, openSocket, type SocketLimits } from './socket.ts';

const net = createNet({ dev: true, allowsPrivateHosts: false, plc: 'https://plc.test', jetstream: null });
const limits: SocketLimits = { frameBytes: 1000, pingMs: 30_000, deadMs: 90_000 };

async function startServer(autoPong: boolean) {
  const server = createServer();
  const sockets = new WebSocketServer({ server, autoPong });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    sockets,
    url: new URL(`ws://127.0.0.1:${port}/events`),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      sockets.close();
      server.close();
      await once(server, 'close');
    },
  };
}

describe('a socket', { timeout: 30_000 }, () => {
  test('gives what can be read, and says what cannot, until the other side closes it', async () => {
    await using server = await startServer(true);
    server.sockets.on('connection', socket => {
      for (const frame of ['one', Buffer.from('two'), 'x'.repeat(1001), 'x'.repeat(1000), ''])
        socket.send(frame);
      socket.close(1013);
    });
    const frames: Frame[] = [];
    for await (const frame of openSocket(net, server.url, limits, () => {}, new AbortController().signal))
      frames.push(frame);
    assert.deepEqual(frames, [
      { kind: 'text', text: 'one' },
      { kind: 'unreadable', why: 'a binary frame' },
      { kind: 'unreadable', why: 'a frame of more than 1000 bytes' },
      { kind: 'text', text: 'x'.repeat(1000) },
      { kind: 'text', text: '' },
    ]);
  });

  test('counts as gone when it gives no sign of life', async () => {
    await using server = await startServer(false);
    const impatient = { ...limits, pingMs: 10, deadMs: 50 };
    await assert.rejects(
      async () => {
        for await (const _ of openSocket(net, server.url, impatient, () => {}, new AbortController().signal));
      },
      { code: 'unavailable', message: /was silent/ },
    );
  });

  test('stays open while it answers', async () => {
    await using server = await startServer(true);
    const over = new AbortController();
    let pings = 0;
    server.sockets.on('connection', socket =>
      socket.on('ping', () => {
        pings += 1;
        if (pings === 5) over.abort();
      }),
    );
    const talkative = { ...limits, pingMs: 10, deadMs: 5_000 };
    for await (const _ of openSocket(net, server.url, talkative, () => {}, over.signal));
    assert.equal(pings, 5);
  });

  /** How many frames of a length are sent before their sender comes to a stand; nobody takes more than the first. */
  async function sentToNobody(bytes: number, most: number): Promise<number> {
    await using server = await startServer(true);
    const text = 'x'.repeat(bytes);
    let sent = 0;
    server.sockets.on('connection', socket => {
      const more = (): void => {
        if (sent === most || socket.readyState !== WebSocket.OPEN) return;
        sent += 1;
        socket.send(text, error => error ?? more());
      };
      more();
    });
    const over = new AbortController();
    const roomy = { ...limits, frameBytes: bytes };
    const socket = openSocket(net, server.url, roomy, () => {}, over.signal);
    await socket.next();
    // The sender comes to a stand, with its frames in the buffers between.
    for (let before = -1; before !== sent; ) {
      before = sent;
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    over.abort();
    await socket.return(undefined);
    return sent;
  }

  test('is read no faster than its frames are taken', async () => {
    const sent = await sentToNobody(1_000, 200_000);
    assert.ok(sent < 200_000, `${sent} frames were sent`);
  });

  test('keeps no more of the longest frames in memory than a few', async () => {
    const sent = await sentToNobody(4 * 1024 * 1024, 60);
    assert.ok(sent < 20, `${sent} frames were sent`);
  });
});
