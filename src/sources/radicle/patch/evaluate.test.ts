import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Change } from './change.ts';
import { evaluate } from './evaluate.ts';

const author = 'did:key:z6MkAnn';
const oid = (n: number): string => n.toString(16).padStart(40, '0');
const root = oid(0);

/** Each brings a revision, so that their order shows. */
const change = (n: number, at: number, parents: readonly number[], by: string | null = author): Change => ({
  id: oid(n),
  parents: parents.map(oid),
  author: by,
  at,
  actions: [{ type: 'revision', description: '', base: root, oid: oid(n) }],
});

const orderOf = (changes: readonly Change[]): readonly string[] =>
  evaluate(root, changes, { delegates: [author], threshold: 1 })?.revisions.map(({ id }) => id) ?? [];

/** What the order means, in the words of the definition. */
function plainOrder(changes: readonly Change[]): readonly string[] {
  const done: string[] = [];
  const waiting = new Set(changes.filter(each => each.author !== null));
  for (;;) {
    const [next] = [...waiting]
      .filter(({ id, parents }) =>
        id === root ? true : parents.length > 0 && parents.every(each => done.includes(each)),
      )
      .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    if (next === undefined) return done;
    done.push(next.id);
    waiting.delete(next);
  }
}

test('changes come after their parents, siblings by time and id, whatever their graph', () => {
  const graph = fc
    .array(
      fc.record({
        at: fc.nat(4),
        isSigned: fc.boolean(),
        parents: fc.array(fc.nat(100), { minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 14 },
    )
    .map(drawn => [
      change(0, 2, []),
      ...drawn.map(({ at, isSigned, parents }, n) =>
        change(
          n + 1,
          at,
          parents.map(parent => parent % (n + 1)),
          isSigned || n % 3 > 0 ? author : null,
        ),
      ),
    ]);
  fc.assert(
    fc.property(graph, changes => {
      assert.deepEqual(orderOf(changes.toReversed()), plainOrder(changes));
    }),
  );
});

test('who adds thousands of changes to a patch keeps nobody waiting', { timeout: 10_000 }, () => {
  const many = Array.from({ length: 5_000 }, (_, n) => ({ ...change(n + 1, n % 7, [0]), actions: [] }));
  assert.deepEqual(orderOf([change(0, 0, []), ...many]), [root]);
});

test('a patch of as many revisions as anybody likes to add holds nobody up', () => {
  const [each] = change(0, 0, []).actions;
  assert.ok(each);
  const changes = Array.from({ length: 5_000 }, (_, n) => ({
    ...change(n, n, n === 0 ? [] : [n - 1]),
    actions: Array.from({ length: 16 }, () => each),
  }));
  // A change is one revision, whatever it says.
  assert.equal(orderOf(changes).length, 5_000);
});
