import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as fc from 'fast-check';
import type { Delivery } from '../../domain/delivery.ts';
import { deliveryId } from '../../domain/id.ts';
import { aimOf } from './aim.ts';

const sha = 'a'.repeat(40);
const given = (body: unknown, headers: Readonly<Record<string, string>> = {}): Delivery => ({
  id: deliveryId('0'.repeat(26)),
  source: 'hooks',
  receivedAt: 1,
  peer: '',
  method: 'POST',
  path: '/hooks/a',
  headers: Object.entries({ 'content-type': 'application/json', ...headers }),
  body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
});
const told = (...from: Parameters<typeof given>): string => {
  const aim = aimOf(given(...from));
  if (aim.result === 'none') return aim.reason;
  const { ref, after, repo } = aim.event;
  return [ref, after, repo?.url].join(' ');
};
const push = { ref: 'refs/heads/main', after: sha, repository: { full_name: 'acme/widgets' } };

test('what names a commit in the shape of a push is enough, with GitHub’s header or without', () => {
  const wanted = `refs/heads/main ${sha} https://github.com/acme/widgets.git`;
  assert.equal(told(push), wanted);
  assert.equal(told(push, { 'x-github-event': 'push' }), wanted);
  const elsewhere = { ...push, repository: { full_name: 'a/b', clone_url: 'https://git.example.org/a/b' } };
  assert.equal(told(elsewhere), `refs/heads/main ${sha} https://git.example.org/a/b`);
});

test('what tells of no commit says why', () => {
  assert.match(told({ zen: 'x' }, { 'x-github-event': 'ping' }), /"ping" tells of no commit/);
  assert.match(told({ ...push, before: sha, after: '0'.repeat(40) }), /was deleted/);
  assert.match(told({}), /ref/);
  assert.match(told('[1'), /not JSON/);
  assert.match(told({}, { 'x-gitlab-event': 'Push Hook' }), /object_kind is missing/);
});

test('no body and no header makes it throw', () => {
  const names = ['x-github-event', 'x-gitlab-event', 'x-gitea-event', 'x-forgejo-event', 'content-type'];
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify(push))),
      fc.dictionary(fc.constantFrom(...names), fc.constantFrom('push', 'pull_request', 'Push Hook', 'x')),
      (body, headers) => {
        assert.ok(['commit', 'none'].includes(aimOf(given(body, headers)).result));
      },
    ),
  );
});
