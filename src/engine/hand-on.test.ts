import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openEngine } from '../../test/support/engine.ts';
import { delivery } from '../../test/support/github-payloads.ts';
import { until } from '../../test/support/server.ts';
import { deliveryId } from '../domain/id.ts';
import { type HandedOn, type Handing, handOnDeliveries } from './hand-on.ts';
import { admit } from './intake.ts';
import { replay } from './replay.ts';

test('deliveries are handed on in their order, each until it is taken or refused, and none again after a restart', async () => {
  await using engine = await openEngine();
  const { needs } = engine;
  const arrive = async (body: string, sameAs: string | null = null) => {
    const bytes = { ...delivery(body, {}), id: deliveryId(needs.clock.unique()) };
    const event = engine.push({ deliveryId: sameAs ?? body, delivery: bytes.id });
    const authentication = { result: 'not required', reason: 'a test' } as const;
    await admit(needs, event, { delivery: { delivery: bytes, authentication }, position: null });
    return event.id;
  };
  const handing: Handing = { problem: null };
  const asked: string[] = [];
  const tooLong: HandedOn = { result: 'refused', reason: 'it is too long' };
  const answers: Record<string, HandedOn[]> = {
    one: [{ result: 'later', reason: 'it is away' }],
    two: [tooLong],
    three: [tooLong],
  };
  const start = () => {
    const over = new AbortController();
    const going = handOnDeliveries(
      needs,
      async ({ delivery }) => {
        const body = Buffer.from(delivery?.delivery.body ?? []).toString();
        asked.push(body);
        return answers[body]?.shift() ?? { result: 'taken' };
      },
      handing,
      over.signal,
    );
    return async () => {
      over.abort();
      await going;
    };
  };

  const first = await arrive('one');
  await arrive('two');
  await arrive('a copy', 'one');
  await replay(needs, first);
  // What has no bytes is nobody's delivery.
  await engine.admit(engine.push());
  const end = start();
  await until(() => handing.problem === 'it is away', 'the first to be put off');
  await arrive('three');
  await until(() => asked.includes('three'), 'the last to be handed on');
  assert.deepEqual(asked, ['one', 'one', 'two', 'three']);
  await until(() => handing.problem === null, 'nothing to wait any more');
  const told = engine.notes.flatMap(note => (note.kind === 'trouble' ? [String(note.error)] : []));
  assert.equal(told.length, 3, 'of each that is refused it is said');
  assert.match(told[0] ?? '', /waits: it is away$/);
  assert.match(told[1] ?? '', /is not handed on: it is too long$/);
  assert.match(told[2] ?? '', /is not handed on: it is too long$/);
  await until(
    async () => (await needs.store.position('handed on')) === (await needs.store.feedEnd()),
    'the position to be kept',
  );
  await end();

  asked.length = 0;
  await arrive('four');
  const again = start();
  await until(() => asked.length > 0, 'the new one to be handed on');
  await again();
  assert.deepEqual(asked, ['four']);
});
