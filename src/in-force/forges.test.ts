import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig } from '../../test/support/config.ts';
import { forgesOf, tokenFor } from './forges.ts';

const env = {
  S: 'a-webhook-secret',
  K: `whsec_${'A'.repeat(43)}=`,
  GH: 'gh-token',
  GL: 'gl-token',
  GT: 'gt-token',
};
const forges = (sources: string) =>
  forgesOf(goodConfig(`version: 1\nsources: { ${sources} }`, { env }), null);
const all = forges(`
  github: { secret: "\${env:S}", token: "\${env:GH}" },
  gitlab: { secret: "\${env:K}", apiToken: "\${env:GL}", api: "https://code.example.org/gitlab/api/v4" },
  gitea: { secret: "\${env:S}", token: "\${env:GT}", api: "http://git.internal:3000/api/v1" }`);

test('every forge that is named has its way in, and with a token its way out', () => {
  assert.deepEqual(
    all.map(({ source, reporter }) => [source.path, reporter?.name]),
    [
      ['/github', 'github'],
      ['/gitlab', 'gitlab'],
      ['/gitea', 'gitea'],
    ],
  );
  const [only, ...others] = forges('gitlab: { token: "${env:S}" }');
  assert.deepEqual([only?.source.name, only?.reporter, only?.key, others], ['gitlab', null, null, []]);
  assert.deepEqual(forges(''), []);
});

test('all that must stay secret is known', () => {
  const secrets = all.flatMap(forge => forge.secrets);
  assert.deepEqual(secrets.toSorted(), [env.S, env.S, env.K, env.GH, env.GL, env.GT].toSorted());
});

test('a token is for its own forge alone: same host, same port, same scheme', () => {
  for (const [url, expected] of [
    ['https://github.com/acme/app.git', 'gh-token'],
    ['https://code.example.org/acme/app.git', 'gl-token'],
    ['http://git.internal:3000/acme/app.git', 'gt-token'],
    ['http://github.com/acme/app.git', null],
    ['https://api.github.com/acme/app.git', null],
    ['https://github.com.evil.example/acme/app.git', null],
    ['https://github.com:8443/acme/app.git', null],
    ['https://example.org/acme/app.git', null],
    ['http://code.example.org/acme/app.git', null],
    ['https://git.internal:3000/acme/app.git', null],
    ['http://git.internal/acme/app.git', null],
    ['ssh://git@github.com/acme/app.git', null],
    ['file:///srv/app.git', null],
    ['not a url', null],
    ['', null],
  ] as const)
    assert.equal(tokenFor(all, url), expected, url);
});

test('GitHub has a host for its API and another one for repositories, also for large customers', () => {
  for (const [api, url] of [
    ['https://api.acme.ghe.com', 'https://acme.ghe.com/acme/app.git'],
    ['https://ghe.example.org/api/v3', 'https://ghe.example.org/acme/app.git'],
  ])
    assert.equal(
      tokenFor(forges(`github: { secret: "\${env:S}", token: "\${env:GH}", api: "${api}" }`), url ?? ''),
      'gh-token',
    );
});
