import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { pushEvent } from '../../test/support/events.ts';
import { createSystemClock } from '../clock/system.ts';
import type { StreamSource } from '../contracts/source.ts';
import { cancelRun } from './control.ts';
import { listen } from './listen.ts';

test('an event that comes while the queue is full waits, and its source is not begun anew', async () => {
  await using engine = await openEngine({ queueLimit: 1 });
  const waiting = await engine.start();
  const over = new AbortController();
  const { id: _, receivedAt: __, ...event } = pushEvent({ repo: null, ref: null });
  let begun = 0;
  const source: StreamSource = {
    kind: 'stream',
    name: 'test',
    async *listen() {
      begun += 1;
      yield { events: [event], delivery: null, position: 'behind it' };
      over.abort();
    },
  };
  const sleptMs: number[] = [];
  const clock = {
    ...createSystemClock(),
    // What waits in the queue goes, and the queue is soon counted again.
    async sleep(ms: number, signal: AbortSignal) {
      sleptMs.push(ms);
      await cancelRun(engine.needs, waiting, 'me').catch(() => undefined);
      await createSystemClock().sleep(100, signal);
    },
  };
  await listen({ ...engine.needs, clock }, source, over.signal);
  assert.equal(begun, 1);
  assert.equal(sleptMs[0], 10_000);
  assert.equal(await engine.needs.store.position('test'), 'behind it');
});
