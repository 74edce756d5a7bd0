import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHouse } from '../../test/support/doors/open-house.ts';
import { createServer } from './create-server.ts';
import { doorLimits } from './door-limits.ts';
import { listen } from './listen.ts';

test('a taken port leaves neither door open', async () => {
  await using other = await listen(createServer(doorLimits, 1024, {}), { host: '127.0.0.1', port: 0 }, 1000);
  const port = Number(new URL(other.url).port);
  await assert.rejects(openHouse({ publicPort: port }), { code: 'unavailable', message: /is taken/ });
});

test('without an admin door there is none, and the public one is open', async () => {
  await using house = await openHouse({ admin: false });
  assert.equal(house.adminUrl, '');
  assert.equal((await house.deliver({})).status, 202);
});

test('closed doors answer no more', async () => {
  const house = await openHouse();
  assert.equal((await house.deliver({})).status, 202);
  await house[Symbol.asyncDispose]();
  await assert.rejects(fetch(house.publicUrl));
  await assert.rejects(fetch(house.adminUrl));
});
