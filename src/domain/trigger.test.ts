import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchEvent, pushEvent, tagEvent } from '../../test/support/events.ts';
import { asksForTrigger, triggerOf } from './trigger.ts';

const told = (...args: Parameters<typeof triggerOf>) => {
  const { vendor, type, filter } = triggerOf(...args);
  return [vendor, type, filter];
};
const body = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));

test('what happened, in the words of whoever sent it', () => {
  assert.deepEqual(told(pushEvent(), body({ ref: 'refs/heads/main' })), ['github', 'push', 'main']);
  assert.deepEqual(told(tagEvent(), body({})), ['github', 'push', 'refs/tags/v1']);
  for (const action of ['opened', 'reopened', 'synchronize'])
    assert.deepEqual(told(patchEvent(), body({ action })), ['github', 'pull_request', action]);
  const gitlab = { source: 'gitlab' };
  assert.deepEqual(
    told(
      patchEvent({}, gitlab),
      body({ object_kind: 'merge_request', object_attributes: { action: 'open' } }),
    ),
    ['gitlab', 'merge_request', 'open'],
  );
  assert.deepEqual(told(tagEvent(gitlab), body({ object_kind: 'tag_push' })), [
    'gitlab',
    'tag_push',
    'refs/tags/v1',
  ]);
});

test('what nobody sent has words of our own', () => {
  const manual = pushEvent({ type: 'manual', source: 'manual', ref: null, branch: null });
  assert.deepEqual(told(manual, null), ['manual', 'manual', '']);
  assert.deepEqual(told(patchEvent(), null), ['github', 'pull_request', 'created']);
});

test('the payload is what was sent: JSON, or a form with JSON in it', () => {
  const payload = { ref: 'refs/heads/main', text: 'a+b & c', __proto__: null };
  const form = new TextEncoder().encode(`payload=${encodeURIComponent(JSON.stringify(payload))}`);
  for (const bytes of [body(payload), form, new TextEncoder().encode(` \n${JSON.stringify(payload)}`)])
    assert.deepEqual(triggerOf(pushEvent(), bytes).payload, { ref: payload.ref, text: payload.text });
  for (const text of ['', 'nothing', '{', 'payload=x'])
    assert.equal(triggerOf(pushEvent(), new TextEncoder().encode(text)).payload, null, text);
  for (const odd of [{ action: 1 }, { object_attributes: [] }, { object_attributes: null }, [], 3])
    assert.deepEqual(told(patchEvent(), body(odd)), ['github', 'pull_request', 'created']);
});

test('only what chooses by those words asks for them', () => {
  assert.equal(asksForTrigger({ kind: 'command', command: { shell: 'true' } }), false);
  assert.equal(
    asksForTrigger({ kind: 'dagger', dagger: { mode: 'call', module: '.', function: 'a', args: {} } }),
    false,
  );
  assert.equal(asksForTrigger({ kind: 'dagger', dagger: { mode: 'pocketci', module: null } }), true);
});
