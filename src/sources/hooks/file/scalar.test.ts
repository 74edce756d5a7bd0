import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { plainScalar, scalarText } from './scalar.ts';

describe('scalars without quotes, where a text is expected', () => {
  const cases: Readonly<Record<string, string | null>> = {
    '1': '1',
    '0755': '493',
    '0x1F': '31',
    '0o17': '15',
    '0b101': '5',
    '1_000': '1000',
    '+5': '5',
    '-0x1F': '-31',
    '09': '9',
    '0': '0',
    '-0': '0',
    '4.50': '4.5',
    '1.23456789012': '1.2345679',
    '100000.0': '100000',
    '21000000.0': '2.1e+07',
    '0.0001': '0.0001',
    '0.00001': '1e-05',
    '12345678901234567890123': '1.2345679e+22',
    '18446744073709551615': '18446744073709551615',
    '18446744073709551616': '1.8446744e+19',
    '-9223372036854775808': '-9223372036854775808',
    '-9223372036854775809': '-9.223372e+18',
    '1e3': '1000',
    '1.e+3': '1000',
    '1e400': '1e400',
    '1616955.25': '1.6169552e+06',
    '.5': '0.5',
    '-.5': '-0.5',
    '.': '.',
    '..': '..',
    '1e39': '+Inf',
    '.inf': '+Inf',
    '-.Inf': '-Inf',
    '.nan': 'NaN',
    '-0.0': '-0',
    on: 'true',
    yes: 'true',
    y: 'true',
    True: 'true',
    YES: 'true',
    no: 'false',
    off: 'false',
    N: 'false',
    tRUE: 'tRUE',
    '~': null,
    null: null,
    Null: null,
    '': null,
    nUll: 'nUll',
    '2001-01-01': '2001-01-01',
    '12:30:45': '12:30:45',
    '0x': '0x',
    '0b2': '0b2',
    '1__0': '10',
    _1: '_1',
    '+': '+',
    '1-2': '1-2',
    text: 'text',
  };
  for (const [written, text] of Object.entries(cases))
    test(JSON.stringify(written), () => assert.equal(scalarText(plainScalar(written)), text));

  test('any text means something', () => {
    const odd = fc
      .array(fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', 'x', 'o', 'b', '_', 'f', 'n'))
      .map(parts => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), text => void scalarText(plainScalar(text))),
    );
  });
});
