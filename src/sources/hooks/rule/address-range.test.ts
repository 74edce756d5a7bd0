import assert from 'node:assert/strict';
import { BlockList } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ours, theirs } from '../deviations.ts';
import { contains, readAddress, readRange } from './address-range.ts';

/** Whether an address is in a range; null where one of them cannot be read. */
function within(word: string, address: string, behaviour = ours): boolean | null {
  const range = readRange(behaviour, word);
  const bytes = readAddress(address);
  return range === null || bytes === null ? null : contains(range, bytes);
}

describe('address ranges', () => {
  const cases: readonly (readonly [word: string, address: string, within: boolean | null])[] = [
    ['127.0.0.1', '127.0.0.1', true],
    ['127.0.0.1', '127.0.0.2', false],
    ['127.0.0.9/8', '127.1.2.3', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['10.0.0.0/9', '10.127.255.255', true],
    ['10.0.0.0/9', '10.128.0.0', false],
    ['::1', '::1', true],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
    ['2001:db8::/33', '2001:db8:ffff::1', false],
    ['::/0', '::1', true],
    ['::/0', '127.0.0.1', false],
    ['0.0.0.0/0', '::1', false],
    ['::ffff:127.0.0.1/128', '127.0.0.1', true],
    ['::ffff:127.0.0.0/104', '127.9.9.9', true],
    ['127.0.0.1', '::ffff:127.0.0.1', true],
    ['1:2:3:4:5:6:7:8/128', '1:2:3:4:5:6:7:8', true],
    ['127.0.0.1/33', '127.0.0.1', null],
    ['127.0.0.1/', '127.0.0.1', null],
    ['127.0.0.1/+8', '127.0.0.1', null],
    ['127.0.0.01', '127.0.0.1', null],
    ['::1/129', '::1', null],
    ['fe80::1%eth0', 'fe80::1', null],
    ['::1', 'fe80::1%eth0', null],
    ['bad', '127.0.0.1', null],
    ['127.0.0.1,10.0.0.1', '127.0.0.1', null],
  ];
  for (const [word, address, wanted] of cases)
    test(`${address} in ${word}`, () => assert.equal(within(word, address), wanted));

  test('D4: a bare IPv6 address is one, where it was a /32', () => {
    assert.equal(within('::5', '::1'), false);
    assert.equal(within('::5', '::1', theirs), true);
  });

  test('it agrees with the platform', () => {
    const word = fc.tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }));
    fc.assert(
      fc.property(word, fc.ipV4(), ([network, bits], address) => {
        const list = new BlockList();
        list.addSubnet(network, bits);
        assert.equal(within(`${network}/${bits}`, address), list.check(address));
      }),
    );
    const word6 = fc.tuple(fc.ipV6(), fc.integer({ min: 0, max: 128 }));
    fc.assert(
      fc.property(word6, fc.ipV6(), ([network, bits], address) => {
        const list = new BlockList();
        list.addSubnet(network, bits, 'ipv6');
        const isPlain = [network, address].every(text =>
          readAddress(text)
            ?.slice(0, 12)
            .some((byte, at) => byte !== (at < 10 ? 0 : 255)),
        );
        if (isPlain) assert.equal(within(`${network}/${bits}`, address), list.check(address, 'ipv6'));
      }),
    );
  });

  test('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), text => void within(text, text)));
  });
});
