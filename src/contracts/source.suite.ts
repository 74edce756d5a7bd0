import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { concealed, type Delivery } from '../domain/delivery.ts';
import type { NewEvent } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { HttpSource, StreamSource } from './source.ts';

export type SourceHarness =
  | {
      readonly kind: 'http';
      readonly create: () => HttpSource;
      /** Deliveries that the source accepts and that ask for something. */
      readonly accepted: () => readonly Delivery[];
      /** One that it accepts and that asks for nothing; null when its language has no such thing. */
      readonly idle: (() => Delivery) | null;
      /** One that does not prove where it is from; null when the source asks for no proof. */
      readonly unproven: (() => Delivery) | null;
      /** What proves deliveries; nothing of it may be kept or told. */
      readonly secrets: readonly string[];
    }
  | {
      readonly kind: 'stream';
      /** A source with something to watch; `happen` makes the next event come. */
      readonly create: () => Promise<
        AsyncDisposable & { readonly source: StreamSource; happen(): Promise<void> }
      >;
    };

/** What every source must do. */
export function sourceSuite(name: string, harness: SourceHarness): void {
  describe(`source contract: ${name}`, () => {
    switch (harness.kind) {
      case 'http':
        httpSuite(harness);
        break;
      case 'stream':
        streamSuite(harness);
        break;
    }
  });
}

function httpSuite(harness: Extract<SourceHarness, { kind: 'http' }>): void {
  test('has a path of its own', () => {
    assert.match(harness.create().path, /^\/[a-z_]+$/);
  });

  test('understands deliveries, says how they were authenticated, and gives the same answer again', () => {
    const source = harness.create();
    const deliveries = harness.accepted();
    assert.ok(deliveries.length > 0);
    for (const delivery of deliveries) {
      const received = source.receive(delivery);
      assert.equal(received.result, 'accepted');
      assert.notEqual(received.authentication.result, 'refused');
      assert.notEqual(received.event.type, 'other');
      assertSound(received.event);
      assert.deepEqual(source.receive(delivery), received);
    }
  });

  test('leaves the bytes as they came', () => {
    const source = harness.create();
    for (const delivery of harness.accepted()) {
      const before = Buffer.from(delivery.body);
      source.receive(delivery);
      assert.deepEqual(Buffer.from(delivery.body), before);
    }
  });

  const { idle, unproven } = harness;
  if (idle !== null)
    test('accepts what asks for nothing, with a note', () => {
      const received = harness.create().receive(idle());
      assert.equal(received.result, 'accepted');
      assert.equal(received.event.type, 'other');
      assertSound(received.event);
    });

  if (unproven !== null)
    test('answers 401 to what proves nothing', () => {
      const received = harness.create().receive(unproven());
      assert.equal(received.result, 'rejected');
      assert.equal(received.status, 401);
      assert.equal(received.authentication.result, 'refused');
      assert.notEqual(received.reason, '');
    });

  test('neither what is kept of a delivery nor what is told about it holds a secret', () => {
    const source = harness.create();
    for (const delivery of [...harness.accepted(), ...(unproven === null ? [] : [unproven()])]) {
      const { headers } = concealed(delivery, source.secretHeaders);
      const told = JSON.stringify([headers, source.receive(delivery)]);
      for (const secret of harness.secrets)
        assert.ok(!told.includes(JSON.stringify(secret).slice(1, -1)), 'a secret is kept or told');
    }
  });

  test('never throws, whatever the bytes and headers', () => {
    const source = harness.create();
    const known = [...harness.accepted()];
    const names = [...new Set(known.flatMap(({ headers }) => headers.map(([name]) => name)))];
    const header = fc.tuple(
      fc.oneof(fc.constantFrom(...names, 'content-encoding'), fc.string()),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('application/json', 'sha256=', '')),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(...known),
        fc.option(fc.array(header)),
        fc.option(fc.uint8Array()),
        (delivery, headers, body) => {
          const received = source.receive({
            ...delivery,
            ...(headers === null ? {} : { headers }),
            ...(body === null ? {} : { body }),
          });
          if (received.result === 'accepted') assertSound(received.event);
          else assert.ok(received.status >= 400 && received.status < 500 && received.reason !== '');
        },
      ),
    );
  });
}

function streamSuite(harness: Extract<SourceHarness, { kind: 'stream' }>): void {
  test('yields what happens, and from its position on only what came after', async () => {
    await using world = await harness.create();
    const first = await next(world, null);
    for (const event of first.events) assertSound(event);
    const second = await next(world, first.position);
    const ids = (events: readonly NewEvent[]) => events.map(event => event.deliveryId);
    const repeated = ids(second.events).filter(id => ids(first.events).includes(id));
    assert.deepEqual(repeated, []);
  });

  test('its positions can be stored', async () => {
    await using world = await harness.create();
    const { position } = await next(world, null);
    assert.deepEqual(JSON.parse(JSON.stringify(position)), position);
  });

  test('ends when it is told to, and that is no error', async () => {
    await using world = await harness.create();
    const stop = new AbortController();
    const listening = (async () => {
      for await (const _ of world.source.listen(null, stop.signal)) {
        // Whatever comes, it ends.
      }
    })();
    stop.abort();
    await listening;
  });
}

/** Listens until something comes that has events; the event is caused while the source is listening. */
async function next(
  world: { readonly source: StreamSource; happen(): Promise<void> },
  position: Json,
): Promise<{ readonly events: readonly NewEvent[]; readonly position: Json }> {
  const stop = new AbortController();
  const stream = world.source.listen(position, stop.signal)[Symbol.asyncIterator]();
  try {
    let coming = stream.next();
    await world.happen();
    for (;;) {
      const item = await coming;
      assert.ok(item.done !== true, 'the source ended by itself');
      if (item.value.events.length > 0) return item.value;
      coming = stream.next();
    }
  } finally {
    stop.abort();
    await stream.return?.();
  }
}

/** What the rest of the house relies on in every event. */
function assertSound(event: NewEvent): void {
  assert.deepEqual(JSON.parse(JSON.stringify(event)), event, 'an event can be stored as JSON');
  assert.equal(event.note !== null, event.type === 'other', 'a note belongs to `other`, and only there');
  if (['push', 'tag', 'patch'].includes(event.type)) assert.notEqual(event.action, null);
  if (event.action === 'deleted') assert.equal(event.after, null);
}
