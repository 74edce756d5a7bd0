import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { delivery } from '../../test/support/github-payloads.ts';
import { deliveryId } from '../domain/id.ts';
import { admit } from '../engine/intake.ts';
import { adminServer } from './admin-server.ts';

test('a delivery whose head is too long for the admin server is refused, and holds up none after it', async () => {
  await using engine = await openEngine();
  const { needs } = engine;
  const bytes = { ...delivery('{}', {}), id: deliveryId(needs.clock.unique()) };
  const event = engine.push({ delivery: bytes.id });
  const authentication = { result: 'not required', reason: 'a test' } as const;
  await admit(needs, event, { delivery: { delivery: bytes, authentication }, position: null });
  const delivered = await needs.store.event(event.id);
  assert.ok(delivered !== undefined);

  let status = 200;
  const server = createServer((_request, response) => void response.writeHead(status).end('why'));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  try {
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    const admin = `http://127.0.0.1:${address.port}`;
    const handOn = adminServer({ kind: 'hooks', admin, token: 'a-token', tokenFile: null });
    for (const [answered, result] of [
      [202, 'taken'],
      [200, 'taken'],
      [400, 'refused'],
      [413, 'refused'],
      [431, 'refused'],
      [302, 'later'],
      [401, 'later'],
      [404, 'later'],
      [500, 'later'],
      [503, 'later'],
    ] as const) {
      status = answered;
      assert.equal((await handOn(delivered, AbortSignal.timeout(10_000))).result, result, String(answered));
    }
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
