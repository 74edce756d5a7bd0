import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { isPublicAddress } from './addresses.ts';

test('A93: hosts on the public internet are public', () => {
  for (const address of [
    '8.8.8.8',
    '140.82.121.3',
    '100.63.255.255',
    '100.128.0.0',
    '172.32.0.1',
    '2606:4700:4700::1111',
    '2a00:1450::1',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
  ])
    assert.equal(isPublicAddress(address), true, address);
});

test('A93: this host, private networks, metadata services and everything special are not', () => {
  for (const address of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.255.254',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::127.0.0.1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::1',
    '2001:db8::1',
    '2002:7f00:1::',
    'fc00::1',
    'fd00:ec2::254',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'ff02::1',
  ])
    assert.equal(isPublicAddress(address), false, address);
});

test('what is no address is not public', () => {
  for (const text of [
    '',
    'localhost',
    'example.org',
    '2130706433',
    '0x7f000001',
    '127.1',
    '8.8.8.8 ',
    '[::1]',
  ])
    assert.equal(isPublicAddress(text), false, text);
});

test('an IPv4 address written as IPv6 is what the IPv4 address is', () => {
  fc.assert(
    fc.property(fc.ipV4(), address => {
      assert.equal(isPublicAddress(`::ffff:${address}`), isPublicAddress(address));
      assert.equal(isPublicAddress(`64:ff9b::${address}`), isPublicAddress(address));
    }),
  );
});
