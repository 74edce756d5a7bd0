import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessLine, durationText, sizeText } from './access-line.ts';
import { requestIdOf } from './request-id.ts';

test('an access line is the one that people grep for', () => {
  const line = accessLine(
    {
      id: 'a1b2c3',
      method: 'GET',
      target: '/hooks/x?q=1',
      version: '1.1',
      headers: [['Host', 'h:9000']],
      peer: null,
      gone: new AbortController().signal,
      bodyDone: () => undefined,
      readBody: () => assert.fail(),
    },
    { status: 404, bytes: 15, elapsedMs: 0.0305 },
  );
  assert.equal(line, '[a1b2c3] 404 | 15 B | 30.5µs | h:9000 | GET /hooks/x?q=1');
});

test('sizes and durations are written as the original writes them', () => {
  assert.deepEqual([0, 9, 91, 1000, 1024, 8893, 12_582_912].map(sizeText), [
    '0 B',
    '9 B',
    '91 B',
    '1000 B',
    '1.0 KiB',
    '8.7 KiB',
    '12 MiB',
  ]);
  assert.deepEqual([0, 0.000451, 0.0305, 3.03865, 1500, 123_500, 3_723_500].map(durationText), [
    '0s',
    '451ns',
    '30.5µs',
    '3.03865ms',
    '1.5s',
    '2m3.5s',
    '1h2m3.5s',
  ]);
});

test('a request is named by its sender where that is wanted, and cannot write lines of its own', () => {
  const headers = [['x-request-id', 'abcdefgh\u001b[0m']] as const;
  assert.match(requestIdOf(headers, { fromHeader: false, limit: 0 }), /^[0-9a-f]{6}$/);
  assert.match(requestIdOf([], { fromHeader: true, limit: 0 }), /^[0-9a-f]{6}$/);
  assert.equal(requestIdOf(headers, { fromHeader: true, limit: 0 }), 'abcdefgh[0m');
  assert.equal(requestIdOf(headers, { fromHeader: true, limit: 3 }), 'abc');
});
