import assert from 'node:assert/strict';
import { test } from 'node:test';
import { patchEvent, pushEvent } from '../../test/support/events.ts';
import { blankEvent } from './event.ts';
import { eventJson } from './event-json.ts';
import { eventId } from './id.ts';

test('an event as the outside sees it', () => {
  assert.deepEqual(eventJson(pushEvent()), {
    id: 'evt_01k00000000000000000000001',
    source: 'github',
    type: 'push',
    action: 'updated',
    deliveryId: null,
    receivedAt: '2026-11-20T12:30:00.000Z',
    repo: {
      forge: 'github',
      name: 'acme/app',
      url: 'https://github.com/acme/app.git',
      defaultBranch: 'main',
    },
    ref: 'refs/heads/main',
    branch: 'main',
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    commits: [
      { sha: 'c'.repeat(40), message: 'Fix the signal', author: 'Ann' },
      { sha: 'b'.repeat(40), message: 'wip: more lamps', author: 'Bob' },
    ],
    changed: ['src/signal.ts', 'docs/signal.md'],
    actor: { id: '7', name: 'ann' },
  });
});

test('what only some events have is there only when they have it', () => {
  const replayOf = eventId('01k00000000000000000000002');
  const everything = eventJson(
    patchEvent({}, { replayOf, target: 'nightly', caughtUp: true, note: 'why not' }),
  );
  assert.deepEqual(everything['patch'], {
    number: '7',
    title: 'More lamps',
    url: 'https://github.com/acme/app/pull/7',
    from: { repo: 'acme/app', branch: 'lamps' },
    fromFork: false,
    draft: false,
    author: { id: '7', name: 'ann' },
    authorIsMember: true,
  });
  assert.equal(everything['replayOf'], replayOf);
  assert.equal(everything['target'], 'nightly');
  assert.equal(everything['caughtUp'], true);
  assert.equal(everything['note'], 'why not');

  const bare = eventJson({ ...pushEvent(), ...blankEvent('manual') });
  for (const name of ['patch', 'replayOf', 'target', 'caughtUp', 'note', 'delivery'])
    assert.ok(!(name in bare), name);
  for (const name of ['action', 'deliveryId', 'repo', 'ref', 'branch', 'before', 'after', 'changed'])
    assert.equal(bare[name], null, name);
});
