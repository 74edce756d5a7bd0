import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMatchers } from '../../matchers/matchers.ts';
import { type Choice, choose, type Occasion } from './choose.ts';
import type { DaggerFunction } from './functions.ts';

const matchers = createMatchers();
const opened: Occasion = {
  vendor: 'github',
  type: 'pull_request',
  filter: 'opened',
  changed: ['main.go', 'go.mod'],
};

/** `name(src, filter=a|b, onChanges[]=*.go)`, with `src` and `eventTrigger` when no argument is written. */
function written(text: string): DaggerFunction {
  const [, name = '', args = ''] = /^(\w+)\(?([^)]*)\)?$/.exec(text) ?? [];
  const all = [...(text.includes('!') ? [] : ['src', 'eventTrigger']), ...args.split(', ')];
  return {
    name,
    args: all
      .map(arg => arg.replace('!', ''))
      .filter(arg => arg !== '')
      .map(arg => {
        const [, name = '', list, words] = /^(\w+)(\[\])?(?:=(.*))?$/.exec(arg) ?? [];
        return { name, isList: list !== undefined, words: words?.split('|') ?? null };
      }),
  };
}

function told(choice: Choice): readonly string[] | string {
  return choice.result === 'none'
    ? choice.reason
    : choice.functions.map(chosen => [chosen.function.name, ...chosen.flags].join(' '));
}

const asked = (functions: readonly string[], occasion: Partial<Occasion> = {}) =>
  told(choose(functions.map(written), { ...opened, ...occasion }, matchers));

test('the first level that has a function answers, and is told what its name does not say', () => {
  const all = [
    'dispatch(filter, event, vendor)',
    'onGithub(filter, event)',
    'onGithubPullRequest(filter)',
    'onGithubPullRequestOpened',
  ];
  assert.deepEqual(asked(all), ['onGithubPullRequestOpened']);
  assert.deepEqual(asked(all, { filter: 'synchronize' }), ['onGithubPullRequest --filter=synchronize']);
  assert.deepEqual(asked(all.slice(0, 2)), ['onGithub --filter=opened --event=pull_request']);
  assert.deepEqual(asked(all, { vendor: 'gitlab', type: 'merge_request', filter: 'open' }), [
    'dispatch --filter=open --event=merge_request --vendor=gitlab',
  ]);
});

test('all functions of a level answer, also those whose names only end so', () => {
  assert.deepEqual(
    asked([
      'lintOnGithubPullRequest(filter)',
      'onGithub(filter, event)',
      'testOnGithubPullRequest(filter)',
      'reactongithubpullrequest(filter)',
      'onGithubPullRequestReview(filter)',
    ]),
    ['lintOnGithubPullRequest --filter=opened', 'testOnGithubPullRequest --filter=opened'],
  );
});

test('refs become names', () => {
  const push = (filter: string) => ({ type: 'push', filter });
  assert.deepEqual(asked(['onGithubPushMain'], push('main')), ['onGithubPushMain']);
  assert.deepEqual(asked(['onGithubPushReleaseV12'], push('release/v1.2')), ['onGithubPushReleaseV12']);
  assert.deepEqual(asked(['onGithubPushReleasev12'], push('release/v1.2')), ['onGithubPushReleasev12']);
  assert.deepEqual(asked(['onGithubPushRefsTagsV1'], push('refs/tags/v1')), ['onGithubPushRefsTagsV1']);
  assert.deepEqual(asked(['onGithubPush(filter)'], push('$(touch x)')), ['onGithubPush --filter=$(touch x)']);
  // Of a name that says nothing more no level of its own is made.
  assert.deepEqual(asked(['onGithubPush(filter)'], push('')), ['onGithubPush --filter=']);
  assert.deepEqual(asked(['onGithubPush(filter)'], push('дом')), ['onGithubPush --filter=дом']);
});

test('default values say what a function accepts', () => {
  const closing = 'onGithubPullRequest(filter=synchronize|closed)';
  assert.deepEqual(asked([closing], { filter: 'closed' }), ['onGithubPullRequest --filter=closed']);
  assert.deepEqual(asked([closing, 'onGithub(filter, event)']), [
    'onGithub --filter=opened --event=pull_request',
  ]);
  assert.deepEqual(asked(['onGithub(filter, event=push)', 'dispatch(filter, event, vendor=github)']), [
    'dispatch --filter=opened --event=pull_request --vendor=github',
  ]);
  assert.equal(
    asked(['dispatch(filter, event, vendor=gitlab|gitea)']),
    'no functions matched: none is called onGithubPullRequestOpened, onGithubPullRequest, onGithub, dispatch, or ends so; not accepted: dispatch (the vendor is github, not gitlab, gitea)',
  );
  // Also where the value is not passed.
  assert.match(String(asked(['onGithubPullRequestOpened(filter=closed)'])), /^no functions matched/);
});

test('onChanges asks for one match, and gets all that has changed', () => {
  const [lint, check] = [
    'lintOnGithubPullRequest(filter, onChanges[]=**/**.go|go.mod)',
    'checkOnGithubPullRequest(filter, onChanges=go.sum|*.yaml)',
  ];
  assert.deepEqual(asked([lint, check]), [
    'lintOnGithubPullRequest --filter=opened --on-changes=main.go --on-changes=go.mod',
  ]);
  assert.deepEqual(asked([lint, check], { changed: ['a.yaml', 'a;b'] }), [
    'checkOnGithubPullRequest --filter=opened --on-changes=a.yaml,a;b',
  ]);
  assert.deepEqual(asked([lint, check], { changed: null }), [
    'lintOnGithubPullRequest --filter=opened',
    'checkOnGithubPullRequest --filter=opened',
  ]);
  assert.match(
    String(asked([lint, check], { changed: [] })),
    /lintOnGithubPullRequest \(nothing has changed that matches/,
  );
  assert.deepEqual(asked(['onGithubPullRequest(filter, onChanges[])'], { changed: ['x'] }), [
    'onGithubPullRequest --filter=opened --on-changes=x',
  ]);
});

test('a function that cannot take what it would be given ends the matter', () => {
  assert.equal(
    asked(['onGithubPullRequest', 'dispatch(filter, event, vendor)']),
    'the function onGithubPullRequest lacks the argument filter: whoever is chosen by that name is given it',
  );
  assert.equal(
    asked(['onGithubPullRequestOpened(!context)']),
    'the function onGithubPullRequestOpened lacks the argument src, and eventTrigger: whoever is chosen by that name is given it',
  );
  // What refuses by itself is not looked at any further.
  assert.deepEqual(asked(['onGithubPullRequest(!filter=closed)', 'onGithub(filter, event)']), [
    'onGithub --filter=opened --event=pull_request',
  ]);
});

test('a module without functions has none that match', () => {
  assert.match(
    String(asked([])),
    /^no functions matched: none is called onGithubPullRequestOpened, .* or ends so$/,
  );
});
