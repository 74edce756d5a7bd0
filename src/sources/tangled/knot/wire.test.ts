import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { readMessage } from '../jetstream/message.ts';
import { readCollaboratorUpdate } from './collaborator-update.ts';
import { readEnvelope } from './envelope.ts';
import { readPipeline } from './pipeline-record.ts';
import { isSkipped, readRefUpdate } from './ref-update.ts';

const sha = '9f2c41d7b0a35e68c1d4f7a290b3e5c6d8a1f204';
const zeros = '0'.repeat(40);

describe('a frame', () => {
  test('keeps every digit of its time', () => {
    const frame =
      '{"rkey":"3mrz","nsid":"a.b.c","event":{"raw":"\\"created\\":1}"},"created":1785578403000123456}';
    assert.deepEqual(readEnvelope(frame), {
      rkey: '3mrz',
      nsid: 'a.b.c',
      event: { raw: '"created":1}' },
      created: 1785578403000123456n,
    });
    assert.equal(readEnvelope('{"rkey":"3mrz","nsid":"a","event":{}}')?.created, null);
  });

  test('that is none is none, whatever it is', () => {
    for (const text of ['', 'null', '{}', '{"rkey":"","nsid":"a"}', '{"rkey":"a","nsid":"b","created":-1}'])
      assert.equal(readEnvelope(text), null, text);
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), text => {
        readEnvelope(text);
        readMessage(text);
      }),
    );
  });
});

describe('the update of a ref', () => {
  test('of a later knot', () => {
    const event = {
      ref: 'refs/heads/main',
      committerDid: 'did:plc:c',
      ownerDid: 'did:plc:o',
      repo: 'did:plc:r',
      oldSha: zeros,
      newSha: sha,
      changedFiles: ['a'],
      pushOptions: ['ci-verbose'],
      meta: { isDefaultRef: true, commitCount: {} },
    };
    const update = readRefUpdate(event);
    assert.deepEqual(update, {
      ref: 'refs/heads/main',
      oldSha: zeros,
      newSha: sha,
      committerDid: 'did:plc:c',
      ownerDid: 'did:plc:o',
      repoDid: 'did:plc:r',
      name: null,
      changed: ['a'],
      pushOptions: ['ci-verbose'],
      isDefaultRef: true,
      isNewsOnly: false,
    });
    assert.equal(update && isSkipped(update), false);
  });

  test('of the first generation has the DID of the owner where later ones have their own', () => {
    const event = {
      ref: 'refs/heads/main',
      repoDid: 'did:plc:o',
      repoName: 'harbour',
      oldSha: sha,
      newSha: sha,
    };
    const { ownerDid, repoDid, name, isNewsOnly, changed } = readRefUpdate(event) ?? assert.fail();
    assert.deepEqual(
      { ownerDid, repoDid, name, isNewsOnly, changed },
      { ownerDid: 'did:plc:o', repoDid: null, name: 'harbour', isNewsOnly: true, changed: null },
    );
  });
});

describe('a compiled pipeline', () => {
  const repo = { knot: 'knot.test', did: 'did:plc:o', repo: 'harbour', defaultBranch: '' };
  const told = (metadata: object) => readPipeline({ $type: '', triggerMetadata: metadata, workflows: null });

  test('of every kind of trigger', () => {
    const push = { ref: 'refs/heads/main', newSha: sha, oldSha: zeros };
    const pullRequest = { sourceBranch: 'a', targetBranch: 'main', sourceSha: sha, action: 'create' };
    const manual = { inputs: [{ key: 'a', value: 'b' }, null] };
    const triggers = [
      told({ kind: 'push', repo, push }),
      told({ kind: 'pull_request', repo, pullRequest, push: null, sourceRepo: 'did:plc:fork' }),
      told({ kind: 'manual', repo, manual }),
    ].map(read => read && [read.trigger, read.sourceRepo]);
    assert.deepEqual(triggers, [
      [{ kind: 'push', ...push }, null],
      [{ kind: 'pull_request', ...pullRequest, pull: null }, 'did:plc:fork'],
      [{ kind: 'manual', sha: '', ref: null, inputs: [{ key: 'a', value: 'b' }] }, null],
    ]);
  });

  test('that says nothing of its kind cannot be read', () => {
    for (const metadata of [
      { kind: 'push', repo },
      { kind: 'pull_request', repo, push: { ref: 'a', newSha: sha, oldSha: sha } },
      { kind: 'dance', repo },
    ])
      assert.equal(told(metadata), null);
  });
});

test('a name of megabytes, which would be stored with every push, is none', () => {
  const long = `refs/heads/${'r'.repeat(1_000_000)}`;
  const push = { ref: 'refs/heads/main', newSha: sha, oldSha: zeros };
  const repo = { knot: 'knot.test', did: 'did:plc:o', repo: 'harbour', defaultBranch: '' };
  const pipeline = { triggerMetadata: { kind: 'push', repo, push }, workflows: null };
  assert.ok(readRefUpdate(push) && readPipeline(pipeline));
  for (const key of ['ref', 'newSha', 'oldSha', 'committerDid', 'ownerDid', 'repo', 'repoDid', 'repoName'])
    assert.equal(readRefUpdate({ ...push, [key]: long }), null, key);
  for (const changed of [
    ...Object.keys(push).map(key => ({ push: { ...push, [key]: long } })),
    ...Object.keys(repo).map(key => ({ repo: { ...repo, [key]: long } })),
    { sourceRepo: long },
  ])
    assert.equal(
      readPipeline({ ...pipeline, triggerMetadata: { ...pipeline.triggerMetadata, ...changed } }),
      null,
      Object.keys(changed).join(),
    );
});

test('a collaborator is a DID, and no other text', () => {
  const told = (subject: string) =>
    readCollaboratorUpdate({ op: 'add', subject, repo: 'did:plc:repo' })?.subject ?? null;
  assert.deepEqual(['did:plc:ada', 'ada', `did:plc:${'a'.repeat(10_000)}`].map(told), [
    'did:plc:ada',
    null,
    null,
  ]);
});

test('no record throws, whatever it is', () => {
  fc.assert(
    fc.property(fc.anything(), event => {
      readPipeline(event);
      readRefUpdate(event);
      readCollaboratorUpdate(event);
    }),
  );
});
