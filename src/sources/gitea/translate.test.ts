import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  fixture,
  type PullRequestPayload,
  type PushPayload,
  pullRequest,
  push,
} from '../../../test/support/gitea-payloads.ts';
import { verdictForMembers } from '../../../test/support/trust.ts';
import type { NewEvent } from '../../domain/event.ts';
import { translate } from './translate.ts';

function event(name: string, payload: unknown): NewEvent {
  const translated = translate(name, payload);
  assert.equal(translated.result, 'event', JSON.stringify(translated));
  return translated.event;
}

const old = '9f0c2b7d41e8a6357c1d0e5f2b98a4c6d3e7f015';
const tip = 'c41d8f2a6be073951f4e8d0a7c62b5e9f3a1d086';
const widgets = {
  forge: 'gitea',
  name: 'acme/widgets',
  url: 'https://git.example.org/acme/widgets.git',
  defaultBranch: 'main',
};

describe('push', () => {
  test('the documented payload', () => {
    assert.deepEqual(event('push', fixture('push')), {
      type: 'push',
      action: 'updated',
      deliveryId: null,
      repo: widgets,
      ref: 'refs/heads/main',
      branch: 'main',
      before: old,
      after: tip,
      commits: [
        { sha: tip, message: 'Retire the crank\n', author: 'Linus Lookalike' },
        { sha: '5b7e19c0d2f4a8361e9c7b05d4f2a6836c1e0b97', message: 'Oil the axle\n', author: 'ann' },
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
    const created = event('push', push({ ref: 'refs/heads/feature/x', before: null }));
    assert.deepEqual([created.action, created.branch, created.before], ['created', 'feature/x', null]);
    const deleted = event('push', push({ after: null }));
    assert.deepEqual(
      [deleted.type, deleted.action, deleted.before, deleted.after, deleted.changed],
      ['push', 'deleted', old, null, null],
    );
  });

  test('a tag is no branch, and an annotated one stands for its commit', () => {
    const payload = push({ ref: 'refs/tags/v1.4.0', before: null });
    const created = event('push', { ...payload, after: '7'.repeat(40) });
    assert.deepEqual(
      [created.type, created.action, created.ref, created.branch, created.after, created.changed],
      ['tag', 'created', 'refs/tags/v1.4.0', null, tip, null],
    );
    const deleted = event('push', push({ ref: 'refs/tags/v1.4.0', after: null }));
    assert.deepEqual([deleted.type, deleted.action, deleted.after], ['tag', 'deleted', null]);
  });

  test('create and delete accompany a push', () => {
    for (const name of ['create', 'delete'] as const) {
      const { type, action, note, repo } = event(name, fixture(name));
      assert.deepEqual(
        [type, action, note, repo],
        ['other', name, `${name} accompanies a push, and the push is what counts`, widgets],
      );
    }
  });

  test('the test delivery, a push that changed nothing, asks for nothing', () => {
    const { type, action, note } = event('push', push({ before: tip, after: tip }));
    assert.deepEqual([type, action], ['other', 'push']);
    assert.match(note ?? '', /changed nothing/);
  });

  test('changed paths are not known where Gitea may not have listed all', () => {
    const payload = push({});
    for (const [why, incomplete] of Object.entries({
      'more commits than are listed': { ...payload, total_commits: 2 },
      'a branch created at an old commit': { ...payload, commits: [], total_commits: 0 },
      'no number of commits': { ...payload, total_commits: undefined },
      'a commit without lists': {
        ...payload,
        commits: payload.commits.map(commit => ({ ...commit, added: null })),
      },
    }))
      assert.equal(event('push', incomplete).changed, null, why);
    assert.deepEqual(event('push', payload).changed, ['src/axle.ts', 'src/crank.ts']);
  });

  test('who caused it is who Gitea says, whatever the commits say', () => {
    const payload = { ...push({}), sender: { id: 666, login: 'mallory' } };
    assert.deepEqual(event('push', payload).actor, { id: '666', name: 'mallory' });
  });
});

describe('pull request', () => {
  test('the documented payload becomes a patch of its base repository', () => {
    assert.deepEqual(event('pull_request', fixture('pull-request')), {
      type: 'patch',
      action: 'created',
      deliveryId: null,
      repo: widgets,
      ref: 'refs/pull/7/head',
      branch: 'main',
      before: old,
      after: tip,
      commits: [],
      changed: null,
      actor: { id: '4', name: 'ann' },
      patch: {
        number: '7',
        title: 'More lamps',
        url: 'https://git.example.org/acme/widgets/pulls/7',
        from: { repo: 'acme/widgets', branch: 'more-lamps' },
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

  test('actions', () => {
    const action = (word: string, merged = false) => {
      const { type, action, note } = event('pull_request', pullRequest({ action: word, merged }));
      return [type, action, note];
    };
    assert.deepEqual(action('opened'), ['patch', 'created', null]);
    assert.deepEqual(action('synchronized'), ['patch', 'updated', null]);
    assert.deepEqual(action('reopened'), ['patch', 'updated', null]);
    assert.deepEqual(action('closed'), ['patch', 'closed', null]);
    assert.deepEqual(action('closed', true), ['patch', 'merged', null]);
    for (const word of ['edited', 'assigned', 'label_updated', 'milestoned', 'review_requested'])
      assert.deepEqual(action(word), [
        'other',
        `pull_request.${word}`,
        `pull_request.${word} asks for nothing`,
      ]);
    assert.equal(event('pull_request_sync', pullRequest({ action: 'synchronized' })).action, 'updated');
    assert.equal(event('pull_request_approved', pullRequest({ action: 'reviewed' })).type, 'other');
  });

  test('one whose branch is gone has no commit, and is understood', () => {
    const gone = event('pull_request', pullRequest({ action: 'closed', head: { sha: '' } }));
    assert.deepEqual([gone.action, gone.after], ['closed', null]);
  });
});

test('all else asks for nothing, and says so', () => {
  const { type, action, note, repo } = event('issues', fixture('issues'));
  assert.deepEqual(
    [type, action, note, repo],
    ['other', 'issues.opened', 'issues.opened asks for nothing', widgets],
  );
  assert.equal(event('never_heard_of', {}).action, 'never_heard_of');
});

describe('trust', () => {
  const verdict = (payload: PullRequestPayload | PushPayload) =>
    verdictForMembers(event('pull_request' in payload ? 'pull_request' : 'push', payload));

  test('A62: a fork is blocked, whoever its commits and branch names say they are', () => {
    const impostor = pullRequest({
      fork: 'mallory/widgets',
      author: { id: 666, login: 'mallory' },
      head: { label: 'ann', ref: 'ann' },
    });
    assert.deepEqual(event('pull_request', impostor).patch?.author, { id: '666', name: 'mallory' });
    assert.equal(verdict(impostor), 'blocked');
  });

  test('A63: who could push a branch of the repository itself is a member; others are not', () => {
    assert.equal(verdict(pullRequest({})), 'matched');
    assert.equal(verdict(pullRequest({ fork: 'ann/widgets' })), 'blocked');
    assert.equal(verdict(pullRequest({ fork: null })), 'blocked');
  });

  test('A63: a fork that is named like its parent is a fork', () => {
    assert.equal(event('pull_request', pullRequest({ fork: 'acme/widgets' })).patch?.fromFork, true);
  });

  test('what a reader proposed without a branch is as strange as a fork, though it lies in the repository', () => {
    const byReader = { author: { id: 666, login: 'mallory' } };
    for (const head of [
      { label: '', ref: 'refs/pull/7/head' },
      { label: '', ref: 'more-lamps' },
      { label: 'mallory/more-lamps', ref: 'refs/pull/7/head' },
    ]) {
      const payload = pullRequest({ ...byReader, head });
      assert.equal(payload.pull_request.head.repo_id, payload.pull_request.base.repo_id);
      assert.equal(verdict(payload), 'blocked');
      assert.equal(event('pull_request', payload).patch?.from.repo, null);
    }
  });

  test('a push that Gitea verified counts as a member’s', () => {
    assert.equal(verdict(push({})), 'matched');
  });
});
