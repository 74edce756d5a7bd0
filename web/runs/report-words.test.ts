import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Report } from '../wire.ts';
import { reportWords } from './report-words.ts';

const at = (second: number) => new Date(1_700_000_000_000 + second * 1_000).toISOString();
const report = (state: Report['state'], sentAt: string | null = null): Report => ({
  reporter: 'github',
  state,
  tries: 0,
  error: null,
  nextTryAt: null,
  sentAt,
});
const told = (reports: readonly Report[], finishedAt: string | null = at(60)) =>
  reportWords({ reports, finishedAt });

test('a run’s end is told when the last one has heard of it', () => {
  assert.deepEqual(told([report('sent', at(61)), report('sent', at(64))]), {
    look: 'sent',
    words: '4 s',
    ms: 4_000,
  });
  // The clocks of two machines differ.
  assert.equal(told([report('sent', at(59))])?.ms, 0);
});

test('as long as somebody has not heard, there is no such time', () => {
  assert.equal(told([]), null);
  assert.deepEqual(told([report('sent', at(61)), report('waiting')]), {
    look: 'waiting',
    words: '1 of 2',
    ms: null,
  });
  assert.equal(told([report('sent', at(61)), report('given up')])?.words, 'given up');
  assert.equal(told([report('replaced')])?.words, 'sent');
  assert.equal(told([report('sent', at(9))], null)?.words, 'sent');
});
