import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type PushSeen, pairPush } from './pairs.ts';

type Kind = 'pipeline' | 'refUpdate';

function pairer() {
  let seen: readonly PushSeen[] = [];
  return (kind: Kind, what: string, rkey: string, at = 0): string => {
    const paired = pairPush(seen, { kind, what, rkey, at, id: `${kind} ${rkey}` });
    seen = paired.seen;
    return paired.id;
  };
}

test('two tidings of one push have one id, whichever comes first, and also when one is repeated', () => {
  const pair = pairer();
  assert.equal(pair('refUpdate', 'A', '1'), 'refUpdate 1');
  assert.equal(pair('pipeline', 'A', '2'), 'refUpdate 1');
  assert.equal(pair('refUpdate', 'A', '1'), 'refUpdate 1');
  assert.equal(pair('pipeline', 'B', '3'), 'pipeline 3');
  assert.equal(pair('pipeline', 'B', '3'), 'pipeline 3');
  assert.equal(pair('refUpdate', 'B', '4'), 'pipeline 3');
});

test('what is told long after makes no pair', () => {
  const pair = pairer();
  pair('refUpdate', 'A', '1', 0);
  assert.equal(pair('pipeline', 'A', '2', 600_000), 'pipeline 2');
});

test('however a branch goes back and forth, and whatever order the tidings have, no push is lost or doubled', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ what: fc.constantFrom('A', 'B'), first: fc.boolean() }), { maxLength: 30 }),
      fc.boolean(),
      (pushes, delayed) => {
        const pair = pairer();
        const told = pushes.flatMap(({ what, first }, n) => {
          const both: [Kind, string, string][] = [
            ['pipeline', what, `p${n}`],
            ['refUpdate', what, `r${n}`],
          ];
          return first ? both : both.toReversed();
        });
        // One kind may also come as a whole behind the other.
        const order = delayed ? told.toSorted((a, b) => a[0].localeCompare(b[0])) : told;
        const ids = order.map(([kind, what, rkey]) => pair(kind, what, rkey));
        assert.equal(new Set(ids).size, pushes.length);
      },
    ),
  );
});
