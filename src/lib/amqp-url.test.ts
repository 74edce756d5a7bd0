import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseAmqpUrl } from './amqp-url.ts';

describe('an address of a broker', () => {
  test('says who, where and which virtual host', () => {
    assert.deepEqual(parseAmqpUrl('amqp://box-1:p%40ss:w@rabbit.example.org:5673/sign%2Fal'), {
      tls: false,
      hosts: [{ host: 'rabbit.example.org', port: 5673 }],
      user: 'box-1',
      password: 'p@ss:w',
      virtualHost: 'sign/al',
      shown: 'amqp://box-1@rabbit.example.org:5673/sign%2Fal',
    });
  });

  test('needs no more than a host', () => {
    for (const text of ['amqp://rabbit', 'amqp://rabbit/']) {
      const { user, password, virtualHost, hosts } = parseAmqpUrl(text) ?? {};
      assert.deepEqual(
        [user, password, virtualHost, hosts],
        ['guest', 'guest', '/', [{ host: 'rabbit', port: 5672 }]],
      );
    }
    assert.equal(parseAmqpUrl('amqps://rabbit')?.hosts[0]?.port, 5671);
  });

  test('may name the nodes of a cluster', () => {
    assert.deepEqual(parseAmqpUrl('amqp://u:p@one,two:5673,[::1]:5674/v')?.hosts, [
      { host: 'one', port: 5672 },
      { host: 'two', port: 5673 },
      { host: '::1', port: 5674 },
    ]);
  });

  test('is refused when it is none', () => {
    for (const text of [
      '',
      'http://rabbit',
      'amqp://',
      'amqp://a b',
      'amqp://h:0',
      'amqp://h:70000',
      'amqp://h,,i',
      'amqp://%zz@h',
      'amqp://h/a/b',
    ])
      assert.equal(parseAmqpUrl(text), undefined, text);
  });

  test('never throws, and never shows a password', () => {
    fc.assert(fc.property(fc.string(), text => void parseAmqpUrl(`amqp://${text}`)));
    assert.ok(!parseAmqpUrl('amqp://u:hidden@h/v')?.shown.includes('hidden'));
  });
});
