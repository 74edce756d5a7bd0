import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type Conversation, hear, silence } from './conversation.ts';
import { createResponseLines } from './responses.ts';

const liberal = { strict: false };
const strict = { strict: true };
const all = (lines: readonly string[], how = liberal): Conversation =>
  lines.reduce((conversation, line) => hear(conversation, line, how).conversation, silence);

test('a duplicate of "triggered" keeps the first id and takes the new address', () => {
  const { run } = all([
    '{"response":"triggered","run_id":{"id":"one"}}',
    '{"response":"triggered","run_id":{"id":"two"},"info_url":"https://ci.example.org/1"}',
  ]);
  assert.deepEqual(run, { id: 'one', url: 'https://ci.example.org/1' });
});

test('fields that nobody knows are noted, and to the strict no response', () => {
  const line = '{"response":"finished","result":"success","colour":"green"}';
  const before = all(['{"response":"triggered","run_id":{"id":"one"}}']);
  const heard = hear(before, line, liberal);
  assert.deepEqual(heard.conversation.result, { result: 'success' });
  assert.match(heard.warning ?? '', /colour/);
  assert.equal(hear(before, line, strict).conversation.violation, 'this is no response');
});

test('names of fields that nobody knows are no lines of the log', () => {
  const line = JSON.stringify({
    response: 'triggered',
    run_id: 'one',
    ['x\nrequest: forged\x1b[2J']: 1,
    ['y'.repeat(5_000)]: 1,
  });
  const { warning } = hear(silence, line, liberal);
  assert.match(warning ?? '', /^\P{Cc}{1,300}$/u);
});

test('an address that is no link of the web is left out', () => {
  for (const url of [
    'javascript:alert(1)',
    'file:///etc/passwd',
    'https://',
    'https://x/\x1b[2J',
    'https://x/\nfinished',
    'https://x/\u202egnp.exe',
    `https://x/${'y'.repeat(3000)}`,
  ]) {
    const { run } = all([JSON.stringify({ response: 'triggered', run_id: { id: 'one' }, info_url: url })]);
    assert.deepEqual(run, { id: 'one', url: null });
  }
});

test('why an adapter failed is a text that fits anywhere', () => {
  const error = `bad\0\x1b[31m${'x'.repeat(100_000)}`;
  const { result } = all([JSON.stringify({ response: 'finished', result: { error } })]);
  assert.ok(result?.result === 'error');
  assert.match(result.text, /^bad \[31mx+$/);
  assert.equal(result.text.length, 1_999);
});

test('whatever is said, it is heard; a result stays once it is there', () => {
  const said = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(
      '{"response":"triggered","run_id":{"id":"r"}}',
      '{"response":"triggered","run_id":"r","info_url":null}',
      '{"response":"finished","result":"success"}',
      '{"response":"finished","result":"failure"}',
      '{"response":"finished","result":{"error":"e"}}',
    ),
  );
  fc.assert(
    fc.property(fc.array(said, { maxLength: 8 }), fc.boolean(), (lines, isStrict) => {
      let conversation = silence;
      for (const line of lines) {
        const before = conversation;
        conversation = hear(before, line, { strict: isStrict }).conversation;
        if (before.result !== null) assert.deepEqual(conversation.result, before.result);
        if (before.run !== null) assert.equal(conversation.run?.id, before.run.id);
        if (!isStrict) assert.equal(conversation.violation, null);
      }
    }),
  );
});

test('lines are the same, whatever pieces they come in', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.array(fc.integer({ min: 1, max: 9 })), (texts, cuts) => {
      const bytes = Buffer.from(texts.map(text => text.replaceAll('\n', '').toWellFormed()).join('\n'));
      const reader = createResponseLines();
      const lines: string[] = [];
      let at = 0;
      for (const cut of [...cuts, bytes.length]) {
        lines.push(...reader.push(bytes.subarray(at, at + cut)).lines);
        at += cut;
      }
      lines.push(...reader.end());
      const expected = bytes.toString().split('\n');
      if (expected.at(-1) === '') expected.pop();
      assert.deepEqual(lines, expected);
    }),
  );
});

test('a line that grows too long is told once, and is none', () => {
  const reader = createResponseLines(10);
  assert.deepEqual(reader.push(Buffer.from('ok\n12345678901')), { lines: ['ok'], overlong: true });
  assert.deepEqual(reader.push(Buffer.from('x\ny\n')), { lines: [], overlong: false });
  assert.deepEqual(reader.end(), []);
});
