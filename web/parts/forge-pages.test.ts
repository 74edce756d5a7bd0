import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changesPage, commitPage } from './forge-pages.ts';

const repo = (forge: string, url: string) => ({ forge, name: 'acme/app', url, defaultBranch: 'main' });

test('a commit has its page at the forge that it came from', () => {
  assert.equal(
    commitPage(repo('github', 'https://github.com/acme/app.git'), 'abc'),
    'https://github.com/acme/app/commit/abc',
  );
  assert.equal(
    commitPage(repo('gitlab', 'https://git.example.org/a/b/app.git'), 'abc'),
    'https://git.example.org/a/b/app/-/commit/abc',
  );
  assert.equal(
    changesPage(repo('gitea', 'http://git.example.org:3000/acme/app/'), 'abc', 'def'),
    'http://git.example.org:3000/acme/app/compare/abc...def',
  );
});

test('what leads nowhere, or says who somebody is, is no page', () => {
  for (const url of ['javascript:alert(1)', 'file:///srv/app.git', 'git@github.com:acme/app.git', ''])
    assert.equal(commitPage(repo('github', url), 'abc'), null);
  assert.equal(commitPage(repo('radicle', 'https://example.org/app'), 'abc'), null);
  assert.equal(commitPage(null, 'abc'), null);
  assert.equal(
    commitPage(repo('github', 'https://ada:secret@github.com/acme/app.git'), 'abc'),
    'https://github.com/acme/app/commit/abc',
  );
});
