import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../domain/json.ts';
import { createNotes } from './notes.ts';

test('notes are kept, the oldest of many are forgotten, and what is no notes is none', async () => {
  let kept: Json = ['of another version'];
  const memory = { recall: async () => kept, keep: async (value: Json) => void (kept = value) };
  const notes = createNotes(memory);
  assert.equal(await notes.find('0'), null);
  await Promise.all(Array.from({ length: 600 }, (_, n) => notes.write(String(n + 1000), `id ${n}`)));
  const later = createNotes(memory);
  assert.equal(await later.find('1000'), null);
  assert.equal(await later.find('1599'), 'id 599');
  await later.write('1599', null);
  assert.equal(await createNotes(memory).find('1599'), null);
  assert.equal(Object.keys(kept ?? {}).length, 499);
});
