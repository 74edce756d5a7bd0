import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  fixture,
  type MergeRequestPayload,
  mergeRequest,
  type PushPayload,
  push,
} from '../../../test/support/gitlab-payloads.ts';
import { verdictForMembers } from '../../../test/support/trust.ts';
import type { NewEvent } from '../../domain/event.ts';
import { translate } from './translate.ts';
import { kindOf } from './wire.ts';

function event(payload: unknown): NewEvent {
  const translated = translate(kindOf(payload) ?? '', payload);
  assert.equal(translated.result, 'event', JSON.stringify(translated));
  return translated.event;
}

const old = '9f0c2b7d41e8a6357c1d0e5f2b98a4c6d3e7f015';
const tip = 'c41d8f2a6be073951f4e8d0a7c62b5e9f3a1d086';
const widgets = {
  forge: 'gitlab',
  name: 'acme/tools/widgets',
  url: 'https://gitlab.example.org/acme/tools/widgets.git',
  defaultBranch: 'main',
};

describe('push', () => {
  test('the documented payload', () => {
    assert.deepEqual(event(fixture('push')), {
      type: 'push',
      action: 'updated',
      deliveryId: null,
      repo: widgets,
      ref: 'refs/heads/main',
      branch: 'main',
      before: old,
      after: tip,
      commits: [
        {
          sha: '5b7e19c0d2f4a8361e9c7b05d4f2a6836c1e0b97',
          message: 'Oil the axle\n',
          author: 'Ann Arbor',
        },
        { sha: tip, message: 'Retire the crank\n', author: 'Linus Lookalike' },
      ],
      changed: ['docs/oil.md', 'src/axle.ts', 'src/crank.ts'],
      actor: { id: '4', name: 'ann' },
      patch: null,
      radicle: null,
      pipeline: null,
      call: null,
      target: null,
      caughtUp: false,
      note: null,
    });
  });

  test('a branch that is created or deleted', () => {
    const created = event(push({ ref: 'refs/heads/feature/x', before: null }));
    assert.deepEqual([created.action, created.branch, created.before], ['created', 'feature/x', null]);
    const deleted = event(push({ after: null }));
    assert.deepEqual(
      [deleted.type, deleted.action, deleted.before, deleted.after, deleted.changed],
      ['push', 'deleted', old, null, null],
    );
  });

  test('a tag is no branch, and an annotated one stands for its commit', () => {
    const payload = fixture('tag-push');
    assert.notEqual(payload.after, tip);
    const created = event(payload);
    assert.deepEqual(
      [created.type, created.action, created.ref, created.branch, created.after, created.changed],
      ['tag', 'created', 'refs/tags/v1.4.0', null, tip, null],
    );
    const deleted = event(push({ ref: 'refs/tags/v1.4.0', before: old, after: null }));
    assert.deepEqual([deleted.type, deleted.action, deleted.after], ['tag', 'deleted', null]);
  });

  test('changed paths are not known where GitLab may not have listed all', () => {
    const payload = push({});
    for (const [why, incomplete] of Object.entries({
      'more commits than are listed': { ...payload, total_commits_count: 2 },
      'a branch created at an old commit': { ...payload, commits: [], total_commits_count: 0 },
      'no number of commits': { ...payload, total_commits_count: undefined },
      'a commit without lists': {
        ...payload,
        commits: payload.commits.map(commit => ({ ...commit, removed: undefined })),
      },
    }))
      assert.equal(event(incomplete).changed, null, why);
    assert.deepEqual(event(payload).changed, ['src/axle.ts', 'src/crank.ts']);
  });

  test('who caused it is who GitLab says, by the name that is unique', () => {
    const payload = push({});
    const commits = payload.commits.map(commit => ({ ...commit, author: { name: 'ann', email: 'ann@x' } }));
    const named = { ...payload, commits, user_id: 666, user_name: 'ann', user_username: 'mallory' };
    assert.deepEqual(event(named).actor, { id: '666', name: 'mallory' });
    assert.deepEqual(event({ ...named, user_username: undefined }).actor, { id: '666', name: null });
  });

  test('a push by a system hook, which names its kind otherwise, is one too', () => {
    const { object_kind: _, ...payload } = push({});
    assert.equal(event({ ...payload, event_name: 'push' }).type, 'push');
  });
});

describe('merge request', () => {
  test('the documented payload becomes a patch of its target project', () => {
    assert.deepEqual(event(fixture('merge-request')), {
      type: 'patch',
      action: 'created',
      deliveryId: null,
      repo: widgets,
      ref: 'refs/merge-requests/7/head',
      branch: 'main',
      before: null,
      after: tip,
      commits: [],
      changed: null,
      actor: { id: '4', name: 'ann' },
      patch: {
        number: '7',
        title: 'More lamps',
        url: 'https://gitlab.example.org/acme/tools/widgets/-/merge_requests/7',
        from: { repo: 'acme/tools/widgets', branch: 'more-lamps' },
        fromFork: false,
        draft: false,
        author: { id: '4', name: 'ann' },
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

  test('actions: an update counts when it brings commits', () => {
    const action = (word: string, more: Partial<Parameters<typeof mergeRequest>[0]> = {}) => {
      const { type, action, note } = event(mergeRequest({ action: word, ...more }));
      return [type, action, note];
    };
    assert.deepEqual(action('open'), ['patch', 'created', null]);
    assert.deepEqual(action('update', { oldrev: old }), ['patch', 'updated', null]);
    assert.deepEqual(action('reopen'), ['patch', 'updated', null]);
    assert.deepEqual(action('close'), ['patch', 'closed', null]);
    assert.deepEqual(action('merge'), ['patch', 'merged', null]);
    for (const word of ['update', 'approved', 'unapproved', 'approval', 'unapproval'])
      assert.deepEqual(action(word), [
        'other',
        `merge_request.${word}`,
        `merge_request.${word} asks for nothing`,
      ]);
  });

  test('one without commits has none to run', () => {
    const payload = mergeRequest({});
    const empty = { ...payload, object_attributes: { ...payload.object_attributes, last_commit: null } };
    assert.equal(event(empty).after, null);
  });

  test('its author is known by name only when they did this themselves', () => {
    const { actor, patch } = event(mergeRequest({ action: 'reopen', authorId: 51 }));
    assert.deepEqual(
      [actor, patch?.author],
      [
        { id: '4', name: 'ann' },
        { id: '51', name: null },
      ],
    );
  });
});

test('all else asks for nothing, and says so', () => {
  for (const [payload, action] of [
    [fixture('note'), 'note.create'],
    [fixture('pipeline'), 'pipeline'],
    [{ object_kind: 'never_heard_of' }, 'never_heard_of'],
    [{ event_name: 'user_add_to_team' }, 'user_add_to_team'],
  ] as const) {
    const { type, action: word, note } = event(payload);
    assert.deepEqual([type, word, note], ['other', action, `${action} asks for nothing`]);
  }
  assert.deepEqual(event(fixture('note')).repo, widgets);
});

describe('trust', () => {
  const verdict = (payload: MergeRequestPayload | PushPayload) => verdictForMembers(event(payload));

  test('A62: a fork is blocked, whoever its commits and branch names say they are', () => {
    const impostor = mergeRequest({
      fork: 'mallory/widgets',
      user: { id: 666, username: 'mallory' },
      source: { branch: 'ann', sha: tip },
    });
    assert.deepEqual(event(impostor).patch?.author, { id: '666', name: 'mallory' });
    assert.equal(verdict(impostor), 'blocked');
  });

  test('A63: who could push a branch of the project itself is a member; others are not', () => {
    assert.equal(verdict(mergeRequest({})), 'matched');
    assert.equal(verdict(mergeRequest({ fork: 'ann/widgets' })), 'blocked');
    assert.equal(verdict(mergeRequest({ fork: null })), 'blocked');
  });

  test('A63: a fork that is named like its parent is a fork', () => {
    assert.equal(event(mergeRequest({ fork: 'acme/tools/widgets' })).patch?.fromFork, true);
  });

  test('a push that GitLab verified counts as a member’s', () => {
    assert.equal(verdict(push({})), 'matched');
  });
});
