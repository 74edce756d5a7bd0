import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { patchEvent, pushEvent, tagEvent } from '../../../test/support/events.ts';
import { radicleFacts, radiclePatch, radiclePush } from '../../../test/support/radicle/events.ts';
import { type AdapterDialect, adapterProtocols, usualKnobs } from '../../domain/adapter.ts';
import type { Event } from '../../domain/event.ts';
import { requestLine } from './request.ts';
import { triggerOf } from './trigger.ts';

function line(event: Event, dialect: Partial<AdapterDialect> = {}): string {
  const protocol = dialect.protocol ?? 'v1';
  assert.ok(event.repo !== null && event.after !== null);
  const trigger = triggerOf(event, event.repo, event.after);
  return requestLine(trigger, { protocol, ...usualKnobs[protocol], ...dialect });
}
const request = (event: Event, dialect: Partial<AdapterDialect> = {}) => JSON.parse(line(event, dialect));

const events: Readonly<Record<string, Event>> = {
  'push created': radiclePush({ action: 'created', before: null }),
  'push updated': radiclePush(),
  'push to a private repository': radiclePush({
    branch: 'topic/with/slashes',
    actor: { id: 'did:key:z6MkDemo', name: null },
    radicle: radicleFacts({
      project: { name: 'demo', description: '', isPrivate: true, delegates: [] },
      parent: null,
    }),
  }),
  'patch updated': radiclePatch(),
  'patch created, a draft': radiclePatch({ status: 'draft' }, { action: 'created' }),
  'patch merged with conflicts': radiclePatch({
    status: 'merged',
    conflicts: [{ revision: '1'.repeat(40), commit: '2'.repeat(40) }],
  }),
  'push on GitHub': pushEvent(),
  'pull request on GitHub': patchEvent(),
};

test('every event in every protocol, as it was written down', () => {
  const golden = join(import.meta.dirname, '../../../test/fixtures/adapter-requests.json');
  const told = Object.fromEntries(
    Object.entries(events).map(([name, event]) => [
      name,
      Object.fromEntries(adapterProtocols.map(protocol => [protocol, request(event, { protocol })])),
    ]),
  );
  if (process.env['WRITE_GOLDEN'] === '1') writeFileSync(golden, `${JSON.stringify(told, null, 2)}\n`);
  assert.deepEqual(told, JSON.parse(readFileSync(golden, 'utf8')));
});

test('a request is one line, whatever is in it', () => {
  for (const event of Object.values(events))
    for (const protocol of adapterProtocols) assert.doesNotMatch(line(event, { protocol }), /[\r\n]/);
});

test('what is built is the first commit for some adapters, and `after` for others: both are the same', () => {
  for (const event of Object.values(events)) {
    const asked = request(event);
    const { after, commits } = asked.patch ?? asked;
    assert.equal(commits[0], after);
    const older = request(event, { protocol: 'draft' });
    const draft = older.patch ?? older;
    assert.equal(draft.commits.at(-1), after);
  }
});

test('a thousand commits at most, the newest among them', () => {
  const commits = Array.from({ length: 1500 }, (_, n) => ({
    sha: n.toString(16).padStart(40, '0'),
    message: '',
    author: '',
  }));
  const asked = request(radiclePush({ commits, after: commits.at(-1)?.sha ?? '' }));
  assert.equal(asked.commits.length, 1000);
  assert.equal(asked.commits[0], commits.at(-1)?.sha);
  assert.equal(asked.commits[1], commits.at(-2)?.sha);
});

test('`before` of a push can be one of three', () => {
  const before = (pushBefore: AdapterDialect['pushBefore'], event = radiclePush()) =>
    request(event, { pushBefore }).before;
  assert.equal(before('old-tip'), 'a'.repeat(40));
  assert.equal(before('tip'), 'b'.repeat(40));
  assert.equal(before('parent'), '9'.repeat(40));
  const created = radiclePush({ before: null });
  assert.equal(before('old-tip', created), 'b'.repeat(40));
  assert.equal(before('parent', created), '9'.repeat(40));
});

test('what has no branch says so by an empty one', () => {
  assert.equal(request(tagEvent()).branch, '');
});

test('conflicts, cases and targets can be written as an adapter wants them', () => {
  const conflict = { revision: '1'.repeat(40), commit: '2'.repeat(40) };
  const event = radiclePatch({ conflicts: [conflict] });
  const asked = (dialect: Partial<AdapterDialect>) => request(event, dialect).patch.state.conflicts[0];
  assert.deepEqual(asked({ conflictsShape: 'pairs' }), [conflict.revision, conflict.commit]);
  assert.deepEqual(asked({ conflictsShape: 'objects-snake' }), {
    revision_id: conflict.revision,
    oid: conflict.commit,
  });
  assert.deepEqual(asked({ conflictsShape: 'objects-camel' }), {
    revisionId: conflict.revision,
    oid: conflict.commit,
  });
  const lower = request(event, { actionCase: 'lower', statusCase: 'capital', targetForm: 'word' });
  assert.equal(lower.action, 'updated');
  assert.equal(lower.patch.state.status, 'Open');
  assert.equal(lower.patch.target, 'delegates');
});

test('ids that other forges do not have look like those of Radicle, and stay the same', () => {
  const asked = request(patchEvent());
  assert.match(asked.repository.id, /^rad:z[1-9A-HJ-NP-Za-km-z]{26,28}$/);
  assert.match(asked.patch.id, /^[0-9a-f]{40}$/);
  assert.match(asked.patch.author.id, /^did:key:z6Mk[1-9A-HJ-NP-Za-km-z]{44}$/);
  assert.equal(asked.repository.id, request(pushEvent()).repository.id);
});
