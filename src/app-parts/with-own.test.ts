import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { withOwn } from './with-own.ts';

test('a run that is granted to an agent whose disk is full ends with that reason, and does not hang there', async () => {
  await using engine = await openEngine();
  const run = await engine.start();
  await engine.startAgent(({ agent, clock }) => {
    const held = {
      add: () => {
        throw new Error('ENOSPC: no space left on device, write');
      },
      remove: () => {},
    };
    const own = { secrets: {}, tokens: new Map(), action: undefined };
    return { agent: withOwn({ end: agent, spool: agent, held, clock }, own) };
  });
  const { outcome, reason } = await engine.ended(run);
  assert.equal(outcome, 'error');
  assert.match(
    reason ?? '',
    / cannot write into its data directory \(ENOSPC: no space left on device, write\): make room there/,
  );
});
