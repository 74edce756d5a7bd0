import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { describe, type TestContext, test } from 'node:test';
import * as fc from 'fast-check';
import { concealed, type Delivery } from '../domain/delivery.ts';
import type { NewEvent } from '../domain/event.ts';
import type { Json } from '../domain/json.ts';
import type { Found, HttpSource, Received, StreamSource } from './source.ts';

export type SourceHarness =
  | {
      readonly kind: 'http';
      readonly create: () => HttpSource;
      /** Deliveries that the source accepts and that ask for something, where any does. */
      readonly accepted: () => readonly Delivery[];
      /** Its deliveries tell something and ask for nothing. */
      readonly onlyTells?: true;
      /** One that it accepts and that asks for nothing; null when its language has no such thing. */
      readonly idle: (() => Delivery) | null;
      /** One that does not prove where it is from; null when the source asks for no proof. */
      readonly unproven: (() => Delivery) | null;
      /** These bytes as whoever may send would send them; for nothing but their content may they be refused. */
      readonly proven: (body: Uint8Array) => Delivery;
      /** Odd contents (of A14) that its language takes, or refuses with another status than others do. */
      readonly odd?: Readonly<Record<string, 'accepted' | number>>;
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
    assert.match(harness.create().path, /^(?:\/[a-z0-9_]+)+$/);
  });

  test('understands deliveries, says how they were authenticated, and gives the same answer again', () => {
    const source = harness.create();
    const deliveries = harness.accepted();
    assert.ok(deliveries.length > 0);
    for (const delivery of deliveries) {
      const received = source.receive(delivery);
      assert.equal(received.result, 'accepted');
      assert.notEqual(received.authentication.result, 'refused');
      assert.equal(received.event.type === 'other', harness.onlyTells ?? false);
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

  if (unproven !== null)
    test('A7: proofs are compared in a time that tells nothing: whole, and at one length', t => {
      const source = harness.create();
      for (const delivery of [...harness.accepted(), unproven()]) {
        const compared = comparisons(t, () => source.receive(delivery));
        assert.ok(compared.length > 0, 'nothing was compared');
        for (const [one, other] of compared) assert.deepEqual([one, other], [32, 32]);
      }
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

  test('A13: keys that name a prototype change none, and of equal keys the last counts', () => {
    const source = harness.create();
    for (const { body } of harness.accepted()) {
      const received = source.receive(harness.proven(body));
      assert.equal(received.result, 'accepted');
      const text = withHostileKeys(JSON.parse(Buffer.from(body).toString()));
      const again = source.receive(harness.proven(Buffer.from(text)));
      assert.equal(again.result, 'accepted', JSON.stringify(again));
      assert.deepEqual({ ...again.event, deliveryId: null }, { ...received.event, deliveryId: null });
    }
    assert.ok(!('polluted' in {}));
  });

  test('A14: odd content is read or refused, and breaks nothing', () => {
    const source = harness.create();
    const [{ body } = assert.fail('nothing is accepted')] = harness.accepted();
    const json = Buffer.from(body).toString();
    const inside = (more: string) => json.replace('{', `{"odd":${more},`);
    const depth = 10_000;
    const readable = {
      'deep lists': inside('['.repeat(depth) + ']'.repeat(depth)),
      'deep objects': inside(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`),
      'a long list': inside(`[${'1,'.repeat(1_000_000)}1]`),
      'a number beyond all': inside('1e400'),
      'half a character in texts': json.replaceAll(/(:"[^"\\]* [^"\\]*)"/g, '$1\\ud800"'),
      'a mark of its bytes’ order': `\uFEFF${json}`,
    };
    const unreadable = {
      'two bytes a character': Buffer.from(json, 'utf16le'),
      'bytes that are no text': Buffer.concat([Buffer.from(json), Buffer.of(0xff)]),
      'nothing but depth': '['.repeat(depth) + ']'.repeat(depth),
      'more after its end': `${json}{}`,
      'no end': json.slice(0, -1),
      nothing: '',
    };
    const receive = (body: string | Uint8Array) => source.receive(harness.proven(Buffer.from(body)));
    const expected = {
      ...Object.fromEntries(Object.keys(readable).map(what => [what, 'accepted'])),
      ...Object.fromEntries(Object.keys(unreadable).map(what => [what, 400])),
      ...harness.odd,
    };
    for (const [what, body] of Object.entries({ ...readable, ...unreadable })) {
      const received = receive(body);
      if (received.result === 'accepted') assertSound(received.event);
      assert.equal(received.result === 'rejected' ? received.status : 'accepted', expected[what], what);
    }
  });

  test('never throws over content that is proven and makes no sense', () => {
    const source = harness.create();
    const bodies = harness.accepted().map(({ body }) => body);
    const damaged = fc
      .tuple(
        fc.constantFrom(...bodies),
        fc.array(fc.tuple(fc.nat(), fc.nat(20), fc.uint8Array({ maxLength: 8 }))),
      )
      .map(([body, changes]) =>
        changes.reduce((bytes, [place, length, instead]) => {
          const at = place % (bytes.length + 1);
          return Buffer.concat([bytes.subarray(0, at), instead, bytes.subarray(at + length)]);
        }, Buffer.from(body)),
      );
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), damaged), body =>
        assertAnswer(source, source.receive(harness.proven(body))),
      ),
      { numRuns: 300 },
    );
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
          assertAnswer(source, received);
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
    const second = await next(world, first.position ?? null);
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
): Promise<Found> {
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

/** The lengths of what is compared in constant time during a task. */
function comparisons(t: TestContext, task: () => void): readonly (readonly [number, number])[] {
  const compare = t.mock.method(crypto, 'timingSafeEqual');
  // What was imported by name is the same function from here on.
  syncBuiltinESMExports();
  try {
    task();
    return compare.mock.calls.map(({ arguments: [one, other] }) => [one.byteLength, other.byteLength]);
  } finally {
    compare.mock.restore();
    syncBuiltinESMExports();
  }
}

/** JSON of the value in which every object has each of its keys twice, and others that lead to a prototype. */
function withHostileKeys(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(withHostileKeys).join()}]`;
  const entries = Object.entries(value);
  const hostile = JSON.stringify({ ...value, polluted: 1 });
  return `{${[
    `"__proto__":${hostile},"constructor":{"prototype":${hostile}}`,
    ...entries.map(([key]) => `${JSON.stringify(key)}:false`),
    ...entries.map(([key, item]) => `${JSON.stringify(key)}:${withHostileKeys(item)}`),
  ].join()}}`;
}

/** An event that the house can use, or a refusal that says why. */
function assertAnswer({ speech }: HttpSource, received: Received): void {
  if (received.result === 'accepted') assertSound(received.event);
  else {
    // Another program's words may blame the server.
    const most = speech === null ? 499 : 599;
    assert.ok(received.status >= 400 && received.status <= most && received.reason !== '');
  }
}

/** What the rest of the house relies on in every event. */
function assertSound(event: NewEvent): void {
  const json = JSON.stringify(event);
  assert.deepEqual(JSON.parse(json), event, 'an event can be stored as JSON');
  const wellFormed = JSON.stringify(event, (_, value) =>
    typeof value === 'string' ? value.toWellFormed() : value,
  );
  assert.equal(json, wellFormed, 'every store can keep its texts');
  assert.equal(event.note !== null, event.type === 'other', 'a note belongs to `other`, and only there');
  if (['push', 'tag', 'patch'].includes(event.type)) assert.notEqual(event.action, null);
  if (event.action === 'deleted') assert.equal(event.after, null);
}
