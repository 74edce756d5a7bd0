import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../../../../test/support/server.ts';
import type { Account } from '../../../../test/support/tangled/fake-network.ts';
import { openSpindle } from '../../../../test/support/tangled/open-spindle.ts';

const add = 'sh.tangled.repo.addSecret';
const remove = 'sh.tangled.repo.removeSecret';
const list = 'sh.tangled.repo.listSecrets';

test('secrets are added, listed without values, and removed by those who may', async () => {
  await using spindle = await openSpindle();
  const { world, house } = spindle;
  const { member } = world;
  const stranger = await world.network.account('stranger.test');
  const friend = await world.network.account('friend.test');
  const repo = world.repo.repoDid ?? '';
  const uri = `at://${member.did}/sh.tangled.repo/${world.repo.rkey}`;
  world.knot.collaborators?.set(repo, [friend.did]);
  const value = 'nobody is told this';
  const said = async (method: string, as: Account | undefined, body: object) => {
    const answer = await spindle.call(method, { ...(as && { as }), body });
    assert.ok(!answer.text.includes(value));
    return [answer.status, answer.json?.error ?? answer.text];
  };

  assert.deepEqual(await said(add, member, { repo: uri, key: 'NPM_TOKEN', value }), [200, '']);
  assert.deepEqual(await said(add, friend, { repo, key: 'OTHER', value: 'x' }), [200, '']);
  assert.deepEqual(await said(add, member, { repo, key: 'NPM_TOKEN', value }), [500, 'Generic']);
  assert.deepEqual(await said(add, stranger, { repo, key: 'THEIRS', value }), [401, 'AccessControl']);
  assert.deepEqual(await said(add, undefined, { repo, key: 'THEIRS', value }), [403, 'Auth']);
  assert.deepEqual(await said(add, member, { repo: 'harbour', key: 'A', value }), [400, 'InvalidRepo']);
  for (const key of ['', '1A', 'A-B', 'A'.repeat(51), 7])
    assert.deepEqual(await said(add, member, { repo, key, value }), [400, 'Generic']);
  for (const wrong of ['a\0b', '', 'x'.repeat(16_385), null])
    assert.deepEqual(await said(add, member, { repo, key: 'A', value: wrong }), [400, 'Generic']);

  const listed = await spindle.call(list, { as: friend, query: { repo: uri } });
  assert.ok(!listed.text.includes(value));
  assert.deepEqual(
    listed.json.secrets.map((secret: Record<string, string>) => [
      secret['repo'],
      secret['key'],
      secret['createdBy'],
    ]),
    [
      [uri, 'NPM_TOKEN', member.did],
      [uri, 'OTHER', friend.did],
    ],
  );
  assert.equal((await spindle.call(list, { as: stranger, query: { repo } })).status, 401);
  assert.equal((await spindle.call(list, { as: member })).status, 400);
  assert.deepEqual(await spindle.vault().values(repo), { NPM_TOKEN: value, OTHER: 'x' });

  assert.deepEqual(await said(remove, stranger, { repo, key: 'OTHER' }), [401, 'AccessControl']);
  assert.deepEqual(await said(remove, member, { repo: uri, key: 'OTHER' }), [200, '']);
  assert.deepEqual(await said(remove, member, { repo, key: 'OTHER' }), [500, 'Generic']);
  assert.deepEqual(await spindle.vault().values(repo), { NPM_TOKEN: value });
  assert.ok(!JSON.stringify(house.notes).includes(value));

  // Who is a member no more has no repository here any more.
  world.owner.remove('sh.tangled.spindle.member', world.records.membership);
  spindle.listening.source.reconcile();
  await until(() => spindle.listening.source.calls.repo(repo) === undefined, 'the repository to be let go');
  assert.deepEqual(await said(add, member, { repo, key: 'LATE', value }), [400, 'RepoNotFound']);
});
