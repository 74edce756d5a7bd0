import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, decodeFirst } from '@atcute/cbor';
import fc from 'fast-check';
import { errorMessage, logMessage } from './log-message.ts';

const at = (second: number): number => Date.UTC(2026, 7, 1, 10, 0, second, 900);
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('a line is written as subscribers know it, byte for byte', () => {
  const line = { kind: 'data', step: 1, stream: 'stdout', text: 'ok', at: at(3) } as const;
  assert.equal(
    hex(logMessage('ci.yml', line)),
    'a26174652364617461626f7001' +
      'a56473746570016474696d6574323032362d30382d30315431303a30303a30335a6673747265616d667374646f757467636f6e74656e74636f6b0a68776f726b666c6f776663692e796d6c',
  );
});

test('so is the start of a step', () => {
  const step = { id: 1, kind: 'user', name: 'unit tests', command: 'npm test' } as const;
  assert.equal(
    hex(logMessage('ci.yml', { kind: 'control', status: 'start', step, at: at(2) })),
    'a261746823636f6e74726f6c626f7001' +
      'a7646b696e6464757365726473746570016474696d6574323032362d30382d30315431303a30303a30325a6673746174757365737461727467636f6d6d616e64686e706d207465737467636f6e74656e746a756e697420746573747368776f726b666c6f776663692e796d6c',
  );
});

test('so is what ends a subscription', () => {
  assert.equal(
    hex(errorMessage('WorkflowNotFound', 'no such workflow')),
    'a1626f7020' +
      'a2656572726f7270576f726b666c6f774e6f74466f756e64676d657373616765706e6f207375636820776f726b666c6f77',
  );
});

test('whatever is printed can be read again', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), text => {
      const [, rest] = decodeFirst(
        logMessage('ci.yml', { kind: 'data', step: 0, stream: 'stderr', text, at: at(0) }),
      );
      assert.equal(decode(rest).content, `${text.toWellFormed()}\n`);
    }),
  );
});
