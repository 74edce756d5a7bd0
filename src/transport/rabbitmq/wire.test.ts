import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Hint, wideHints } from '../../contracts/transport.ts';
import { runId } from '../../domain/id.ts';
import { readHints } from './wire.ts';

test('no kind of hint is dropped between control planes, announcements neither', () => {
  const all: readonly Hint[] = [...wideHints, `log:${runId('0'.repeat(26))}`];
  assert.ok(all.includes('announcement'));
  assert.deepEqual(readHints({ from: 'another', hints: [...all, 'rumour', 'log:nothing'] })?.hints, all);
});
