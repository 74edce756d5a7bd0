import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { durationText, parseDuration, parseSize, sizeText } from './units.ts';

test('durations', () => {
  const table = { '500ms': 500, '0s': 0, '30s': 30_000, '10m': 600_000, '2h': 7_200_000, '7d': 604_800_000 };
  for (const [text, ms] of Object.entries(table)) assert.equal(parseDuration(text), ms, text);
  for (const text of [
    '',
    '10',
    'm',
    '1.5h',
    '-1s',
    '10 m',
    '10M',
    '1h30m',
    '10min',
    '1e3s',
    '999999999999999d',
    '1constructor',
  ])
    assert.equal(parseDuration(text), undefined, text);
});

test('sizes', () => {
  const table = {
    '0': 0,
    '1024': 1024,
    '800B': 800,
    '64KiB': 65_536,
    '5MB': 5_000_000,
    '25MiB': 26_214_400,
    '5GB': 5e9,
    '1TiB': 1024 ** 4,
  };
  for (const [text, bytes] of Object.entries(table)) assert.equal(parseSize(text), bytes, text);
  for (const text of ['', 'MB', '1.5MB', '-1B', '5 MB', '5mb', '5M', '0x10', '99999999TB'])
    assert.equal(parseSize(text), undefined, text);
});

test('what is written is read back', () => {
  const number = fc.oneof(
    fc.nat(),
    fc.nat(10_000).map(n => n * 1000),
    fc.nat(1000).map(n => n * 86_400_000),
  );
  fc.assert(
    fc.property(number, value => {
      assert.equal(parseDuration(durationText(value)), value);
      assert.equal(parseSize(sizeText(value)), value);
    }),
  );
  fc.assert(
    fc.property(fc.string(), text => {
      for (const value of [parseDuration(text), parseSize(text)])
        assert.ok(value === undefined || Number.isSafeInteger(value));
    }),
  );
  assert.deepEqual([600_000, 90_000, 1500, 0].map(durationText), ['10m', '90s', '1500ms', '0ms']);
  assert.deepEqual([25_000_000, 65_536, 1001].map(sizeText), ['25MB', '64KiB', '1001B']);
});
