import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, count, day, shortRef, shortSpan, took, withTimes } from './format.ts';

const at = '2026-11-21T12:00:00.000Z';
const later = (seconds: number): number => Date.parse(at) + seconds * 1000;

test('how long ago is said calmly', () => {
  assert.equal(ago(at, later(-5)), 'just now');
  assert.equal(ago(at, later(59)), 'just now');
  assert.equal(ago(at, later(60)), '1 min ago');
  assert.equal(ago(at, later(3 * 3600 + 1)), '3 h ago');
  assert.match(ago(at, later(30 * 3600)), /^21 Nov, \d\d:00$/);
});

test('days have names while they are near', () => {
  assert.equal(day(at, later(1)), 'Today');
  assert.equal(day(at, later(86_400)), 'Yesterday');
  assert.equal(day(at, later(3 * 86_400)), 'Saturday 21 November');
});

test('refs are as short as their kind allows', () => {
  assert.deepEqual(
    ['refs/heads/a/b', 'refs/tags/v1', 'refs/pull/8/head', 'refs/merge-requests/9/head', 'HEAD'].map(
      shortRef,
    ),
    ['a/b', 'v1', 'pull/8', 'merge-requests/9', 'HEAD'],
  );
  assert.equal(shortRef('refs/pull/8/head/more'), 'refs/pull/8/head/more');
});

test('a tick of a chart is said in one unit', () => {
  assert.deepEqual([800, 30_000, 60_000, 90_000, 120_000, 3_600_000, 5_400_000, 7_200_000].map(shortSpan), [
    '800 ms',
    '30 s',
    '1 min',
    '90 s',
    '2 min',
    '1 h',
    '90 min',
    '2 h',
  ]);
});

test('times in the server’s sentences are said as everywhere', () => {
  assert.match(
    withTimes('paused by ada since 2026-11-22T12:15:23Z: new disks for 2026'),
    /^paused by ada since 2[123] Nov, \d\d:\d\d: new disks for 2026$/,
  );
});

test('durations and counts', () => {
  assert.equal(took(at, '2026-11-21T12:03:05.000Z'), '3 min 5 s');
  assert.equal(took(at, later(-1)), '0 ms');
  assert.equal(count(1, 'run'), '1 run');
  assert.equal(count(12_000, 'try', 'tries'), '12,000 tries');
});
