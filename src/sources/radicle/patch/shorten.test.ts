import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCobPatch } from './cob-patch.ts';
import { shorten } from './shorten.ts';

const oid = (n: number): string => n.toString(16).padStart(40, '0');

test('what strangers add to a patch does not grow with each event of it, and hides no revision that is told of', () => {
  const ids = Array.from({ length: 20_000 }, (_, n) => oid(n));
  const long = '\u{1f600}'.repeat(10_000);
  const json = JSON.stringify({
    title: long,
    author: { id: 'did:key:zAnn' },
    state: { status: 'open', conflicts: ids.map(id => [id, id]) },
    labels: ids,
    assignees: ids.map(() => 'x'.repeat(500)),
    timeline: ids,
    revisions: Object.fromEntries(
      ids.map(id => [
        id,
        {
          id,
          author: { id: long },
          description: [{ body: long.slice(1, 30) }],
          base: id,
          oid: id,
          timestamp: 1,
        },
      ]),
    ),
  });
  const patch = readCobPatch(json);
  assert.ok(patch);
  const short = shorten(patch, patch.revisions[7] ?? null);
  assert.ok(JSON.stringify(short).length < 100_000);
  assert.deepEqual(
    short.revisions.slice(0, 3).map(({ id }) => id),
    [oid(0), oid(7), oid(19_900)],
  );
  assert.equal(short.revisions.at(-1)?.id, oid(19_999));
  assert.ok(short.title.isWellFormed());
});

test('a revision from the end of time is a number that dates have', () => {
  const one = { id: oid(1), author: { id: 'did:key:zAnn' }, base: oid(1), oid: oid(1), timestamp: 1e300 };
  const state = { status: 'open' };
  const patch = readCobPatch(
    JSON.stringify({ title: '', author: one.author, state, revisions: { [oid(1)]: one } }),
  );
  assert.equal(new Date(patch?.revisions[0]?.at ?? 0).getUTCFullYear(), 275760);
});
