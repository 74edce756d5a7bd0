import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Work } from '../wire.ts';
import { byHand } from './by-hand.ts';

const work = (changes: Partial<Work>): Work => ({
  kind: 'command',
  summary: 'npm ci\nnpm test\n',
  url: 'https://git.example.org/app.git',
  env: [],
  secrets: [],
  withheld: [],
  isolation: 'none',
  pool: 'local',
  timeoutMs: 1,
  ...changes,
});

test('a run is done by hand with its very commit and its command', () => {
  assert.equal(
    byHand({ sha: 'abc', work: work({ env: ['TARGET'], secrets: ['TOKEN'] }) }),
    `git clone -- https://git.example.org/app.git by-hand && cd by-hand
git fetch origin abc && git checkout abc
# it was given TARGET, TOKEN
npm ci
npm test
`,
  );
});

test('an address is one word of the shell, whatever stands in it', () => {
  const told = byHand({ sha: 'abc', work: work({ url: "https://x/$(rm -rf ~)'; true" }) });
  assert.ok(told?.startsWith(`git clone -- 'https://x/$(rm -rf ~)'\\''; true' by-hand && `));
});

test('what is no command, or has no commit, is not done by hand', () => {
  assert.equal(byHand({ sha: null, work: work({}) }), null);
  assert.equal(byHand({ sha: 'abc', work: work({ url: null }) }), null);
  assert.equal(byHand({ sha: 'abc', work: work({ kind: 'provider' }) }), null);
});
