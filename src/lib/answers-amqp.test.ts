import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { test } from 'node:test';
import { answersAmqp } from './answers-amqp.ts';

async function listen(
  answer: Buffer | undefined,
): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer(socket => {
    socket.on('error', () => undefined);
    socket.once('data', () => (answer === undefined ? undefined : socket.end(answer)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: AddressInfo = server.address() as AddressInfo;
  return { server, port };
}

for (const [what, answer, expected] of [
  ['a broker that begins', Buffer.from([1, 0, 0, 0, 0, 1]), true],
  ['a broker of another version', Buffer.from('AMQP\0\0\x09\x01', 'latin1'), true],
  ['a web server', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'), false],
  ['a port that speaks TLS', Buffer.from([0x15, 3, 1, 0, 2, 2, 0x46]), false],
  ['nobody who answers', undefined, undefined],
] as const)
  test(`what is heard of ${what}`, async t => {
    const { server, port } = await listen(answer);
    t.after(() => server.close());
    assert.equal(
      await answersAmqp({ host: '127.0.0.1', port }, answer === undefined ? 50 : 10_000),
      expected,
    );
  });

test('a port where nobody listens tells nothing', async () => {
  const { server, port } = await listen(undefined);
  server.close();
  await once(server, 'close');
  assert.equal(await answersAmqp({ host: '127.0.0.1', port }, 10_000), undefined);
});
