import assert from 'node:assert/strict';
import { test } from 'node:test';
import { poolOf } from '../../../config/lightspeed/pool.ts';
import { adminServerAddress, hostAlone, portIn, rabbitAddress, tokenPlace } from './addresses.ts';

test('RabbitMQ is named by a host, with what else is needed, or by an address', () => {
  assert.equal(rabbitAddress('rabbit'), 'amqp://rabbit');
  assert.equal(rabbitAddress('user:pass@rabbit:5673'), 'amqp://user:pass@rabbit:5673');
  assert.equal(rabbitAddress('::1'), 'amqp://[::1]');
  assert.equal(rabbitAddress('amqps://a,b/house'), 'amqps://a,b/house');
  for (const wrong of ['', 'a b', 'rabbit:port', 'http://rabbit'])
    assert.throws(() => rabbitAddress(wrong), { code: 'invalid' }, wrong);
});

test('the admin server is named by a host and a port, or by an address', () => {
  assert.equal(adminServerAddress('server', undefined), 'http://server:8080');
  assert.equal(adminServerAddress('server', 9), 'http://server:9');
  assert.equal(adminServerAddress('::1', undefined), 'http://[::1]:8080');
  assert.equal(adminServerAddress('https://ci.example.org', undefined), 'https://ci.example.org');
  assert.equal(adminServerAddress('https://ci.example.org', 9), 'https://ci.example.org:9');
  for (const wrong of ['', 'a b', 'ftp://a', 'http://a/path', 'http://me:secret@a'])
    assert.throws(() => adminServerAddress(wrong, undefined), { code: 'invalid' }, wrong);
  assert.equal(portIn({ PORT: '' }, 'PORT'), undefined);
  assert.throws(() => portIn({ PORT: '70000' }, 'PORT'), { code: 'invalid' });
});

test('a port that stands in the host of the admin server is its own, and none of RabbitMQ', () => {
  assert.equal(adminServerAddress('server:9', undefined), 'http://server:9');
  assert.equal(adminServerAddress('server:80', undefined), 'http://server');
  assert.equal(adminServerAddress('[::1]:9', undefined), 'http://[::1]:9');
  for (const host of ['server', 'server:8080', 'https://server', 'http://server:9'])
    assert.equal(hostAlone(host), 'server');
  assert.equal(rabbitAddress(hostAlone('::1')), 'amqp://[::1]');
});

test('a login before the host of the admin server is refused, and not repeated', () => {
  assert.throws(
    () => adminServerAddress('me:s3cret@server', undefined),
    (error: Error) =>
      /is no host of an admin server/.test(error.message) && !error.message.includes('s3cret'),
  );
});

test('the token of an admin server is found on its own machine, and shown to no other', () => {
  const here = 'http://127.0.0.1:8080';
  assert.equal(tokenPlace({ SIGNALBOX_TOKEN: 'one' }, here).token, 'one');
  assert.deepEqual(tokenPlace({ SIGNALBOX_TOKEN: 'one' }, here).tokenFile, null);
  assert.match(tokenPlace({}, here).tokenFile ?? '', /signalbox\/lightspeed-admin\/admin-token$/);
  assert.deepEqual(tokenPlace({}, 'http://admin.example.org:8080'), { token: null, tokenFile: null });
  assert.throws(() => tokenPlace({ SIGNALBOX_TOKEN: 'two words' }, here), { code: 'invalid' });
});

test('every listener has a pool of its own, and data that are not those of another process', () => {
  const names = ['api', 'API', 'Api', 'a'.repeat(53), 'a'.repeat(54), 'a'.repeat(64), `${'a'.repeat(63)}b`];
  // Somebody may call a listener as another one's pool is called, or a repository as one of the other processes.
  names.push('admin', 'hooks', poolOf('API').replace('lightspeed-', ''));
  const pools = names.map(poolOf);
  assert.ok(!pools.includes('lightspeed-admin') && !pools.includes('lightspeed-hooks'));
  assert.equal(new Set(pools).size, names.length);
  for (const pool of pools) assert.match(pool, /^[a-z0-9][a-z0-9._-]{0,63}$/);
});
