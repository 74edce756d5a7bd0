import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import { readEventStream, type StreamMessage } from './event-stream.ts';

async function* pieces(text: string, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let from = 0;
  for (const cut of [...cuts, bytes.length].sort((a, b) => a - b)) {
    yield bytes.slice(from, Math.max(from, cut));
    from = Math.max(from, cut);
  }
}
async function read(text: string, cuts: readonly number[] = []): Promise<StreamMessage[]> {
  const messages: StreamMessage[] = [];
  for await (const message of readEventStream(pieces(text, cuts))) messages.push(message);
  return messages;
}

test('messages, names, ids, comments and hints are told apart', async () => {
  const text = 'retry: 2000\n\n: beat\n\nid: 7\ndata: {"a":1}\n\nevent: end\ndata: x\ndata:y\n\nbare\n\n';
  assert.deepEqual(await read(text), [
    { id: '7', event: 'message', data: '{"a":1}' },
    { id: '7', event: 'end', data: 'x\ny' },
  ]);
});

test('carriage returns may end lines, and a message that is cut off is dropped', async () => {
  assert.deepEqual(await read('data: a\r\n\r\ndata: b\n'), [{ id: null, event: 'message', data: 'a' }]);
});

test('it does not matter where the bytes are cut', async () => {
  const text = 'id: 1\ndata: zwölf ✓ 🚂\n\nevent: end\ndata: {}\n\n';
  const whole = await read(text);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat({ max: 60 }), { maxLength: 6 }), async cuts => {
      assert.deepEqual(await read(text, cuts), whole);
    }),
  );
});

test('a message without end is refused before it fills the memory', async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('data: ');
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  }
  await assert.rejects(readEventStream(endless()).next(), /without end/);
});
