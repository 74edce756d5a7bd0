import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type PullRequestPayload,
  type PushPayload,
  pullRequest,
  push,
  recorded,
  recordedPayloads,
} from '../../../test/support/github-payloads.ts';
import { verdictForMembers } from '../../../test/support/trust.ts';
import type { NewEvent } from '../../domain/event.ts';
import { translate } from './translate.ts';

function event(name: string, payload: unknown): NewEvent {
  const translated = translate(name, payload);
  assert.equal(translated.result, 'event', JSON.stringify(translated));
  return translated.event;
}

const sha = '6113728f27ae82c7b1a177c8d03f9e96e0adf246';
const other = '1'.repeat(40);

describe('push', () => {
  test('the recorded creation of a branch', () => {
    const payload = recorded<PushPayload>('push', ({ ref }) => ref.startsWith('refs/heads/'));
    assert.deepEqual(event('push', payload), {
      type: 'push',
      action: 'created',
      deliveryId: null,
      repo: {
        forge: 'github',
        name: 'Codertocat/Hello-World',
        url: 'https://github.com/Codertocat/Hello-World.git',
        defaultBranch: 'master',
      },
      ref: 'refs/heads/master',
      branch: 'master',
      before: null,
      after: sha,
      commits: [{ sha, message: 'Initial commit', author: 'Codertocat' }],
      changed: ['README.md'],
      actor: { id: '21031067', name: 'Codertocat' },
      patch: null,
      radicle: null,
      pipeline: null,
      call: null,
      target: null,
      caughtUp: false,
      note: null,
    });
  });

  test('an update knows both ends, a deletion has no commit', () => {
    const updated = event('push', push({ ref: 'refs/heads/feature/x', before: other }));
    assert.deepEqual(
      [updated.type, updated.action, updated.branch, updated.before, updated.after],
      ['push', 'updated', 'feature/x', other, sha],
    );
    const deleted = event('push', push({ before: sha, after: null }));
    assert.deepEqual(
      [deleted.type, deleted.action, deleted.before, deleted.after, deleted.changed],
      ['push', 'deleted', sha, null, null],
    );
  });

  test('a tag is no branch, and an annotated one stands for its commit', () => {
    const created = event(
      'push',
      recorded<PushPayload>('push', ({ ref }) => ref.startsWith('refs/tags/')),
    );
    assert.deepEqual(
      [created.type, created.action, created.ref, created.branch, created.after],
      ['tag', 'created', 'refs/tags/simple-tag', null, sha],
    );
    const payload = push({ ref: 'refs/tags/v1', before: null });
    assert.equal(event('push', { ...payload, after: other }).after, sha);
    assert.equal(event('push', push({ ref: 'refs/tags/v1', before: sha, after: null })).action, 'deleted');
  });

  test('a push to a branch runs what the branch is now, whatever is said of its head commit', () => {
    const after = 'c'.repeat(40);
    const payload = push({ ref: 'refs/heads/main' });
    assert.equal(event('push', { ...payload, after }).after, after);
    assert.equal(event('push', { ...payload, after, head_commit: null }).after, after);
  });

  test('changed paths are the union of all commits', () => {
    const payload = push({ changed: ['b', 'a'] });
    const [commit] = payload.commits;
    const commits = [
      { ...commit, id: other, added: ['c'], removed: ['a'] },
      { ...commit, added: [] },
    ];
    assert.deepEqual(event('push', { ...payload, commits }).changed, ['a', 'b', 'c']);
  });

  test('changed paths are not known where the sender may not have listed all', () => {
    const payload = push({ changed: ['a'] });
    const [commit] = payload.commits;
    const many = Array.from({ length: 2048 }, () => commit);
    for (const [why, incomplete] of Object.entries({
      'a branch created at an old commit': { ...payload, before: '0'.repeat(40), commits: [] },
      'a forced push': { ...payload, forced: true },
      'more commits than are listed': { ...payload, size: 2 },
      'as many as are ever listed': { ...payload, commits: many },
      'the tip is not among them': { ...payload, commits: [{ ...commit, id: other }] },
      'a commit without lists': { ...payload, commits: [{ ...commit, modified: undefined }] },
    }))
      assert.equal(event('push', incomplete).changed, null, why);
    assert.deepEqual(event('push', { ...payload, size: 1 }).changed, ['README.md', 'a']);
  });

  test('who caused it is who GitHub says, whatever the commits say', () => {
    const payload = push({});
    const commits = payload.commits.map(commit => ({
      ...commit,
      author: { name: 'Linus', username: 'torvalds' },
    }));
    const { actor } = event('push', { ...payload, commits, sender: { id: 7, login: 'mallory' } });
    assert.deepEqual(actor, { id: '7', name: 'mallory' });
  });

  test('what is neither branch nor tag asks for nothing', () => {
    const note = event('push', push({ ref: 'refs/notes/commits' }));
    assert.deepEqual([note.type, note.action], ['other', 'push']);
    assert.match(note.note ?? '', /refs\/notes\/commits/);
  });

  test('create and delete accompany a push', () => {
    for (const name of ['create', 'delete'])
      assert.deepEqual(
        [event(name, recorded(name)).type, event(name, recorded(name)).note],
        ['other', `${name} accompanies a push, and the push is what counts`],
      );
  });
});

describe('pull_request', () => {
  test('a recorded one becomes a patch of its base repository', () => {
    const payload = recorded<PullRequestPayload>('pull_request', ({ action }) => action === 'opened');
    const { head, base } = payload.pull_request;
    assert.deepEqual(event('pull_request', payload), {
      type: 'patch',
      action: 'created',
      deliveryId: null,
      repo: {
        forge: 'github',
        name: 'Codertocat/Hello-World',
        url: 'https://github.com/Codertocat/Hello-World.git',
        defaultBranch: 'master',
      },
      ref: 'refs/pull/2/head',
      branch: 'master',
      before: base.sha,
      after: head.sha,
      commits: [],
      changed: null,
      actor: { id: '21031067', name: 'Codertocat' },
      patch: {
        number: '2',
        title: 'Update the README with new information.',
        url: 'https://github.com/Codertocat/Hello-World/pull/2',
        from: { repo: 'Codertocat/Hello-World', branch: 'changes' },
        fromFork: false,
        draft: false,
        author: { id: '21031067', name: 'Codertocat' },
        authorIsMember: true,
      },
      radicle: null,
      pipeline: null,
      call: null,
      target: null,
      caughtUp: false,
      note: null,
    });
  });

  test('actions', () => {
    const action = (word: string, merged = false) => {
      const { type, action, note } = event('pull_request', pullRequest({ action: word, merged }));
      return [type, action, note];
    };
    assert.deepEqual(action('opened'), ['patch', 'created', null]);
    assert.deepEqual(action('synchronize'), ['patch', 'updated', null]);
    assert.deepEqual(action('reopened'), ['patch', 'updated', null]);
    assert.deepEqual(action('closed'), ['patch', 'closed', null]);
    assert.deepEqual(action('closed', true), ['patch', 'merged', null]);
    for (const { event: name, payload } of recordedPayloads.filter(each => each.event === 'pull_request')) {
      const { action: word } = payload as PullRequestPayload;
      if (['opened', 'synchronize', 'reopened', 'closed'].includes(word)) continue;
      const { type, note } = event(name, payload);
      assert.deepEqual([type, note], ['other', `pull_request.${word} asks for nothing`]);
    }
  });
});

describe('trust', () => {
  const verdict = (payload: PullRequestPayload | PushPayload) =>
    verdictForMembers(event('pull_request' in payload ? 'pull_request' : 'push', payload));

  test('A62: a fork is blocked, whoever its commits, committers or branch names say they are', () => {
    const impostor = pullRequest({
      fork: 'mallory/Hello-World',
      author: { login: 'mallory', id: 666 },
      association: 'NONE',
      head: { ref: 'Codertocat', sha },
    });
    const { patch } = event('pull_request', impostor);
    assert.deepEqual(patch?.author, { id: '666', name: 'mallory' });
    assert.equal(verdict(impostor), 'blocked');
  });

  // A63: who proposes it, from where, as what → may it run without a click?
  for (const [fork, association, expected] of [
    [undefined, 'OWNER', 'matched'],
    [undefined, 'MEMBER', 'matched'],
    [undefined, 'COLLABORATOR', 'matched'],
    [undefined, 'CONTRIBUTOR', 'blocked'],
    [undefined, 'FIRST_TIMER', 'blocked'],
    [undefined, 'NONE', 'blocked'],
    [undefined, 'owner', 'blocked'],
    ['alice/Hello-World', 'OWNER', 'blocked'],
    ['alice/Hello-World', 'MEMBER', 'blocked'],
    ['alice/Hello-World', 'NONE', 'blocked'],
    [null, 'OWNER', 'blocked'],
  ] as const)
    test(`A63: from ${fork === null ? 'a deleted fork' : (fork ?? 'a branch here')} by ${association}: ${expected}`, () => {
      assert.equal(verdict(pullRequest({ ...(fork === undefined ? {} : { fork }), association })), expected);
    });

  test('A63: a fork that is named like its parent is a fork', () => {
    const payload = pullRequest({ fork: 'Codertocat/Hello-World' });
    assert.equal(event('pull_request', payload).patch?.fromFork, true);
  });

  test('a push that GitHub verified counts as a member’s', () => {
    assert.equal(verdict(push({})), 'matched');
  });
});
