import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flag, kebab, listFlags } from './arguments.ts';

test('names are what Dagger makes of them', () => {
  const table: readonly (readonly [name: string, kebab: string])[] = [
    ['test', 'test'],
    ['onGithubPullRequestOpened', 'on-github-pull-request-opened'],
    ['TestOnGithub', 'test-on-github'],
    ['event_trigger', 'event-trigger'],
    ['already-kebab', 'already-kebab'],
    ['JSONData', 'json-data'],
    ['releaseV2', 'release-v-2'],
    ['v1Beta', 'v-1-beta'],
    ['npmToken', 'npm-token'],
  ];
  for (const [name, expected] of table) assert.equal(kebab(name), expected, name);
});

test('a value is one argument, whatever it looks like', () => {
  assert.equal(flag('dryRun', 'true'), '--dry-run=true');
  assert.equal(flag('message', '--help; rm -rf / $(id)\n'), '--message=--help; rm -rf / $(id)\n');
});

test('the items of a list stay apart, and whole', () => {
  assert.deepEqual(listFlags('onChanges', ['a.go', 'b,c', 'say "hi"', 'two\nlines', '']), [
    '--on-changes=a.go',
    '--on-changes="b,c"',
    '--on-changes="say ""hi"""',
    '--on-changes="two\nlines"',
    '--on-changes=',
  ]);
  assert.deepEqual(listFlags('onChanges', []), []);
});
