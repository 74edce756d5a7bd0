import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { createSystemClock } from '../clock/system.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { RunId } from '../domain/id.ts';
import { dispatch } from './dispatch.ts';

test('a ticket that could not be sent is sent when it is due again, not at the next look', {
  timeout: 30_000,
}, async () => {
  // Time passes by sleeping, and nothing else.
  let now = 1_700_000_000_000;
  const clock = {
    ...createSystemClock(),
    now: () => now,
    sleep: async (ms: number, signal: AbortSignal) => {
      await new Promise(resolve => setImmediate(resolve));
      signal.throwIfAborted();
      now += ms;
    },
  };
  await using engine = await openEngine({ clock });
  const run = await engine.start();
  const over = new AbortController();
  const sent: { run: RunId; at: number }[] = [];
  const control = {
    ...engine.needs.control,
    send: async (ticket: { run: RunId }) => {
      sent.push({ run: ticket.run, at: now });
      if (sent.length === 1) throw new SignalboxError('unavailable', 'the broker is away');
      over.abort();
    },
  };
  await dispatch({ ...engine.needs, control }, over.signal);
  const [first, second] = sent;
  assert.ok(first && second);
  assert.deepEqual([first.run, second.run, second.at - first.at], [run, run, 1_000]);
  assert.equal(await engine.needs.store.nextDue('ticket'), null);
});
