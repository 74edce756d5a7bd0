import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readNodeLine } from './node-line.ts';

const rid = 'rad:z3gqcJUoA1n9HaHKufZs5FCSGazv5';
const a = 'a'.repeat(40);
const b = 'b'.repeat(40);

test('fetched refs, with what became of each', () => {
  const line = JSON.stringify({
    type: 'refsFetched',
    remote: 'z6MkSeed',
    rid,
    updated: [
      { created: { name: 'refs/namespaces/z6Mk/refs/heads/x', oid: a } },
      { updated: { name: 'refs/namespaces/z6Mk/refs/heads/y', old: a, new: b } },
      { deleted: { name: 'refs/namespaces/z6Mk/refs/heads/z', oid: b } },
      { skipped: { name: 'refs/namespaces/z6Mk/refs/heads/s', oid: b } },
      { somethingNew: 1 },
    ],
  });
  const updates = [
    { ref: 'refs/namespaces/z6Mk/refs/heads/x', before: null, after: a },
    { ref: 'refs/namespaces/z6Mk/refs/heads/y', before: a, after: b },
    { ref: 'refs/namespaces/z6Mk/refs/heads/z', before: b, after: null },
  ];
  const about = updates.map(({ ref }) => ref);
  const hint = { kind: 'hint', rid, fetchedFrom: 'z6MkSeed', updates, about };
  assert.deepEqual(readNodeLine(line), hint);
  assert.deepEqual(readNodeLine(line.replace('refsFetched', 'refs-fetched')), hint);
});

test('what the node has changed itself', () => {
  const hint = { kind: 'hint', rid, fetchedFrom: null, updates: [] };
  const read = (fields: object) => readNodeLine(JSON.stringify({ rid, other: 1, ...fields }));
  const [local, canonical] = ['localRefsAnnounced', 'canonicalRefUpdated'];
  assert.deepEqual(read({ type: local, refs: { remote: 'z6Mk', at: a } }), {
    ...hint,
    about: ['refs/namespaces/z6Mk/'],
  });
  assert.deepEqual(read({ type: canonical, refname: 'refs/heads/main', target: a }), {
    ...hint,
    about: ['refs/heads/main'],
  });
  for (const type of [local, canonical]) assert.deepEqual(read({ type }), { ...hint, about: [] });
});

test('what asks for nothing, and what nobody can read', () => {
  assert.deepEqual(readNodeLine('{"type":"uploadPack","x":{}}'), { kind: 'other' });
  assert.deepEqual(readNodeLine('{"type":"refsFetched","rid":"rad:../x"}'), { kind: 'other' });
  assert.deepEqual(readNodeLine('{"error":"busy"}'), { kind: 'error', text: 'busy' });
  for (const line of ['', '{', '[]', '1', '{}']) assert.deepEqual(readNodeLine(line), { kind: 'unreadable' });
});

test('no line makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), line => void readNodeLine(line)));
});
