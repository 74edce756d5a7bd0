import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { hook, readAlready } from '../../../../test/support/hooks/made.ts';
import { ours } from '../deviations.ts';
import { judge } from './judge.ts';
import { senderOf } from './sender.ts';

type Fields = readonly (readonly [name: string, value: string])[];

const proxies = ['10.0.0.0/8', 'fd00::/8'];

/** The address that counts, or a word of why there is none. */
function host(fields: Fields, { peer = '10.0.0.1:443', trusted = proxies } = {}): string {
  const sender = senderOf(trusted, { peer, fields });
  return sender.result === 'address' ? sender.host : (/different|no address/.exec(sender.reason)?.[0] ?? '');
}
const xff = (value: string): Fields => [['x-forwarded-for', value]];
const rfc = (value: string): Fields => [['Forwarded', value]];

describe('who sent a request', () => {
  test('headers never count without trusted proxies, nor from anybody else', () => {
    const fields = [...xff('192.0.2.7'), ...rfc('for=192.0.2.7')];
    assert.equal(host(fields, { trusted: [] }), '10.0.0.1');
    assert.equal(host(fields, { peer: '198.51.100.1:443' }), '198.51.100.1');
    assert.equal(host(fields, { peer: '@' }), '@');
  });

  const cases: readonly (readonly [what: string, fields: Fields, host: string])[] = [
    ['no header: the proxy itself', [], '10.0.0.1'],
    ['an empty one', xff(''), '10.0.0.1'],
    ['one address', xff('192.0.2.7'), '192.0.2.7'],
    [
      'the nearest that is no proxy; what is before it may be made up',
      xff('203.0.113.9, 192.0.2.7, 10.2.3.4'),
      '192.0.2.7',
    ],
    ['behind proxies alone, the farthest', xff('10.9.9.9, 10.2.3.4'), '10.9.9.9'],
    ['two headers are one list', [...xff('203.0.113.9'), ...xff('192.0.2.7')], '192.0.2.7'],
    ['with a port', xff('192.0.2.7:4711'), '192.0.2.7'],
    ['IPv6', xff('2001:db8::7, fd00::1'), '2001:db8::7'],
    ['IPv6 in brackets, with a port', xff('[2001:db8::7]:4711'), '2001:db8::7'],
    ['what is no address', xff('192.0.2.7, unknown'), 'no address'],
    ['what is no address, where nobody looks', xff('unknown, 192.0.2.7'), '192.0.2.7'],
    ['a list that no proxy wrote', xff(`${'1, '.repeat(5000)}192.0.2.7`), 'no address'],
    ['Forwarded', rfc('for=203.0.113.9;proto=https, For="192.0.2.7";by=10.0.0.1, for=10.2.3.4'), '192.0.2.7'],
    ['Forwarded with IPv6', rfc('proto=https; for="[2001:db8::7]:4711"'), '2001:db8::7'],
    ['Forwarded with a hidden name', rfc('for=_hidden'), 'no address'],
    ['Forwarded without a name', rfc('proto=https'), 'no address'],
    ['a comma within quotes', rfc('for=192.0.2.7;host="a,for=203.0.113.9"'), '192.0.2.7'],
    ['a name within quotes', rfc('host="a;for=203.0.113.9";for=192.0.2.7'), 'no address'],
    ['quotes that somebody left open', rfc('for="203.0.113.9, for=192.0.2.7'), 'no address'],
    [
      'quotes that swallow what the proxy adds',
      rfc('for=203.0.113.9;x=", for="[2001:db8::7]"'),
      'no address',
    ],
    ['both, and they agree', [...xff('2001:db8::7'), ...rfc('for="[2001:DB8:0::7]"')], '2001:db8::7'],
    ['both, and one may be made up', [...xff('192.0.2.7'), ...rfc('for=203.0.113.9')], 'different'],
    ['both, and one is empty', [...xff('192.0.2.7'), ...rfc('')], 'different'],
  ];
  for (const [what, fields, wanted] of cases) test(what, () => assert.equal(host(fields), wanted));

  test('nothing that a sender writes into a header changes what its proxy adds', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 9 }),
      fc.constantFrom('"', ',', ';', '\\', 'for=203.0.113.9', 'x='),
    );
    const written = fc.array(piece, { maxLength: 8 }).map(pieces => pieces.join(''));
    fc.assert(
      fc.property(written, fc.constantFrom('for=192.0.2.7', 'for="192.0.2.7"'), (text, added) => {
        assert.equal(host(xff(`${text}, 192.0.2.7`)), '192.0.2.7');
        // Quotes that are left open may make it unreadable, and nothing else.
        assert.match(host(rfc(`${text}, ${added}`)), /^(?:192\.0\.2\.7|no address)$/);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('a rule about addresses', () => {
  const judged = (fields: Fields) => {
    const match = { type: 'ip-whitelist', 'ip-range': '192.0.2.0/24', 'trusted-proxies': proxies };
    const { rule } = hook({ 'trigger-rule': { match } });
    assert.ok(rule !== null);
    const request = readAlready({ peer: '10.0.0.1:443', fields });
    return judge({ behaviour: ours, softSignatures: false }, rule, request);
  };

  test('says which address it compared, and where it is from', () => {
    const { holds, explanation } = judged(xff('192.0.2.7'));
    assert.equal(holds, true);
    assert.equal(
      explanation.text,
      'the sender\'s address 192.0.2.7 (from "X-Forwarded-For" of the trusted proxy 10.0.0.1) is in 192.0.2.0/24',
    );
    assert.match(
      judged([]).explanation.text,
      /^the sender's address 10\.0\.0\.1 \(a trusted proxy that names nobody\) is in none/,
    );
  });

  test('fails where nobody can be told', () => {
    const { failure } = judged(xff('unknown'));
    assert.equal(failure?.kind, 'other');
  });

  test('refuses proxies that are no addresses', () => {
    for (const proxies of [['10.0.0.0/33'], ['proxy.example.org'], [''], '10.0.0.1', [null]])
      assert.throws(
        () => hook({ 'trigger-rule': { match: { 'trusted-proxies': proxies } } }),
        /^Error: the hook "", in "trusted-proxies": /,
      );
  });
});
