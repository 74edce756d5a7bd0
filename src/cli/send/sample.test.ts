import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordedPayloads } from '../../../test/support/github-payloads.ts';
import { deliveryId } from '../../domain/id.ts';
import type { Json } from '../../domain/json.ts';
import { createGithubSource } from '../../sources/github/source.ts';
import { valueAt } from './json-path.ts';
import { pack } from './parcel.ts';
import { readSample, sampleNames } from './sample.ts';

const secret = 'between us';
const github = createGithubSource({ secrets: [secret] });
const unchanged = {
  edits: { repoUrl: undefined, sha: undefined, branch: undefined, set: [] },
  event: undefined,
  delivery: undefined,
  secret,
};

/** What GitHub adds for Apps, for repositories of people, and what it no longer sends: samples need not have it. */
const notEverywhere = new Set([
  'installation',
  'organization',
  'stargazers',
  'master_branch',
  'custom_properties',
]);

/** The paths at which `sample` lacks something, or has something of another kind, compared to what was recorded. */
function differences(sample: Json | undefined, recorded: Json, path: readonly string[] = []): string[] {
  if (recorded === null || sample === null) return [];
  if (Array.isArray(recorded)) return Array.isArray(sample) ? [] : [path.join('.')];
  if (typeof recorded !== 'object') return typeof sample === typeof recorded ? [] : [path.join('.')];
  if (typeof sample !== 'object' || Array.isArray(sample)) return [path.join('.')];
  return Object.entries(recorded)
    .filter(([key]) => !notEverywhere.has(key))
    .flatMap(([key, value]) => differences(valueAt(sample, [key]), value, [...path, key]));
}

test('every sample has the shape of a payload that GitHub sent', async () => {
  const names = await sampleNames();
  assert.ok(names.length >= 5);
  for (const name of names) {
    const { event, body, about } = await readSample(name);
    assert.notEqual(about, '', name);
    const same = recordedPayloads.filter(each => each.event === event);
    assert.ok(same.length > 0, `nothing was recorded of ${event}`);
    const closest = same
      .map(({ payload }) => differences(body, payload as Json))
      .reduce((a, b) => (a.length <= b.length ? a : b));
    assert.deepEqual(closest, [], name);
  }
});

test('every sample, packed, is accepted as from GitHub', async () => {
  const expected: Record<string, string> = {
    'github.push': 'push updated',
    'github.tag': 'tag created',
    'github.branch_deleted': 'push deleted',
    'github.pull_request': 'patch created',
    'github.ping': 'other ping',
  };
  for (const name of await sampleNames()) {
    const parcel = await pack('/', name, unchanged);
    const received = github.receive({
      id: deliveryId('0'.repeat(26)),
      source: 'github',
      receivedAt: 0,
      peer: '127.0.0.1',
      method: 'POST',
      path: parcel.path,
      headers: Object.entries(parcel.headers),
      body: parcel.bytes,
    });
    assert.equal(received.result, 'accepted', name);
    assert.equal(received.authentication.result, 'verified');
    assert.equal(`${received.event.type} ${received.event.action}`, expected[name]);
    assert.equal(received.event.repo?.name, 'acme/widgets');
  }
});

test('the pull request of the samples needs nobody to approve it', async () => {
  const { body } = await readSample('github.pull_request');
  assert.equal(valueAt(body, ['pull_request', 'author_association']), 'MEMBER');
  assert.equal(
    valueAt(body, ['pull_request', 'head', 'repo', 'id']),
    valueAt(body, ['pull_request', 'base', 'repo', 'id']),
  );
});
