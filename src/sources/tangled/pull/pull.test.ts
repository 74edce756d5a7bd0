import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { until } from '../../../../test/support/server.ts';
import { startFakeJetstream } from '../../../../test/support/tangled/fake-jetstream.ts';
import type { Account } from '../../../../test/support/tangled/fake-network.ts';
import { createTangledWorld, hostname, type TangledWorld } from '../../../../test/support/tangled/world.ts';
import { cidOf, proposedCommit } from './patch.ts';

const pulls = 'sh.tangled.repo.pull';
const patchOf = (...shas: readonly string[]): Buffer =>
  gzipSync(shas.map(sha => `From ${sha} Mon Sep 17 00:00:00 2001\nSubject: a\n\n---\n`).join('\n'));

describe('a pull request', { timeout: 60_000 }, () => {
  /** Writes a pull request as its author's server has it, and tells of it. */
  function propose(
    world: TangledWorld,
    author: Account,
    told: {
      readonly source: object | null;
      readonly blob?: Buffer;
      readonly type?: string;
      readonly cid?: string;
      readonly repo?: string | null;
      readonly branch?: string;
    },
  ): { readonly rkey: string; readonly record: object } {
    const blob = told.blob ?? patchOf(world.repository.sha);
    const cid = told.cid ?? author.blob(blob, told.type ?? 'application/gzip');
    const record = {
      target: { repo: told.repo ?? world.repo.repoDid, branch: told.branch ?? 'main' },
      title: 'Better',
      ...(told.source === null ? {} : { source: told.source }),
      rounds: [{ patchBlob: { $type: 'blob', ref: { $link: cid } }, createdAt: 'now' }],
    };
    return { rkey: author.put(pulls, record), record };
  }

  test('of a branch of the repository runs, as its author’s server has it now', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const { member, repository, repo, knot } = world;
    const tip = await repository.commit({ a: 'a' }, { branch: 'better', onto: repository.sha });
    await using listening = world.listen(null, { jetstream: jetstream.url });
    await listening.following();
    await until(() => jetstream.followers() === 1, 'Jetstream to be followed');
    const { rkey, record } = propose(world, member, {
      source: { branch: 'better' },
      blob: patchOf(repository.sha, tip),
    });
    jetstream.tell(member.did, pulls, rkey, record);
    const [event] = await listening.have(1);
    const pull = `at://${member.did}/${pulls}/${rkey}`;
    assert.equal(event?.deliveryId, `${pull}@${tip}`);
    assert.deepEqual(event?.pipeline?.trigger, {
      kind: 'pull_request',
      sourceBranch: 'better',
      targetBranch: 'main',
      sourceSha: tip,
      action: null,
      pull,
    });
    assert.deepEqual(
      [event?.type, event?.ref, event?.branch, event?.after, event?.repo?.url],
      ['pipeline', 'refs/heads/better', 'main', tip, `http://${knot.host}/${repo.repoDid}`],
    );
    assert.equal(event?.pipeline?.workflows.length, 1);
    // The mark behind it is stored with it.
    await until(() => JSON.stringify(listening.position()).includes('"jetstream":1'), 'the mark');
  });

  test('that proposes anything else says why it does not run', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const { repository, network, knot, repo } = world;
    const tip = await repository.commit({ a: 'a' }, { branch: 'better', onto: repository.sha });
    const anybody = await network.account('anybody.test');
    knot.collaborators = new Map([[repo.repoDid ?? '', [anybody.did]]]);
    await using listening = world.listen(null, { jetstream: jetstream.url });
    await listening.following();
    await until(() => jetstream.followers() === 1, 'Jetstream to be followed');
    const source = { branch: 'better' };
    const blob = patchOf(tip);
    const proposals = [
      propose(world, anybody, { source: null }),
      propose(world, anybody, { source: { branch: 'better', repo: 'did:plc:fork' } }),
      // Not the tip of that branch: somebody names a commit of anybody's.
      propose(world, anybody, { source }),
      propose(world, anybody, { source: { branch: 'not there' } }),
      propose(world, anybody, { source, blob, branch: 'a..b' }),
      propose(world, anybody, { source: { branch: 'missing' }, blob }),
      propose(world, anybody, { source, blob: patchOf(tip, tip), type: 'text/plain' }),
      propose(world, anybody, { source, blob: Buffer.from('no gzip') }),
      propose(world, anybody, { source, blob: gzipSync('no patch') }),
      propose(world, anybody, { source, cid: cidOf(Buffer.from('elsewhere')) }),
      propose(world, anybody, { source, blob }),
    ];
    for (const { rkey, record } of proposals) jetstream.tell(anybody.did, pulls, rkey, record);
    const events = await listening.have(proposals.length);
    const notes = events.map(({ note }) => note?.replace(/^the pull request \S+: /, '') ?? 'runs');
    for (const [n, expected] of [
      /proposes a patch, and no branch/,
      /comes from a fork/,
      /its branch better is at/,
      /"not there" is no name of a branch/,
      /"a..b" is no name of a branch/,
      /has no refs\/heads\/missing/,
      /is of the type text\/plain/,
      /cannot be unpacked/,
      /has no patch as git makes them/,
      /answers 400 for the blob/,
      /^runs$/,
    ].entries())
      assert.match(notes[n] ?? '', expected);
  });

  test('of somebody who may not push runs nothing, and their server is not asked', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const { repository, network } = world;
    const tip = await repository.commit({ a: 'a' }, { branch: 'better', onto: repository.sha });
    const stranger = await network.account('stranger.test');
    network.silent.add(stranger.did);
    await using listening = world.listen(null, { jetstream: jetstream.url });
    await listening.following();
    await until(() => jetstream.followers() === 1, 'Jetstream to be followed');
    const told = { source: { branch: 'better' }, blob: patchOf(tip) };
    const { rkey, record } = propose(world, stranger, told);
    jetstream.tell(stranger.did, pulls, rkey, record);
    const [event] = await listening.have(1);
    assert.deepEqual([event?.type, event?.pipeline], ['other', null]);
    assert.match(event?.note ?? '', /its author did:plc:\w+ may not push to the repository/);
    assert.deepEqual(
      network.requests.filter(path => path.includes(encodeURIComponent(stranger.did))),
      [],
    );
    // A record that names another repository than its hint did is judged by its own hint.
    const { member } = world;
    const theirs = world.addRepo(stranger, 'theirs');
    const changed = propose(world, member, { ...told, repo: theirs.repoDid });
    jetstream.tell(member.did, pulls, changed.rkey, propose(world, member, told).record);
    const mine = propose(world, member, told);
    jetstream.tell(member.did, pulls, mine.rkey, mine.record);
    assert.equal((await listening.have(2))[1]?.deliveryId, `at://${member.did}/${pulls}/${mine.rkey}@${tip}`);
  });

  test('about a repository that is not watched, or gone from its author’s server, is nothing', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const { member } = world;
    await using listening = world.listen(null, { jetstream: jetstream.url });
    await listening.following();
    await until(() => jetstream.followers() === 1, 'Jetstream to be followed');
    const source = { branch: 'main' };
    const elsewhere = propose(world, member, { source, repo: 'did:plc:elsewhere' });
    const gone = propose(world, member, { source });
    member.remove(pulls, gone.rkey);
    const here = propose(world, member, { source });
    for (const { rkey, record } of [elsewhere, gone, here]) jetstream.tell(member.did, pulls, rkey, record);
    jetstream.send('{');
    const [event] = await listening.have(1);
    assert.match(event?.deliveryId ?? '', new RegExp(here.rkey));
    await until(
      () => listening.source.streams().find(({ name }) => name === 'jetstream')?.skipped === 1,
      'it',
    );
    assert.equal(listening.events.length, 1);
  });
});

describe('Jetstream', { timeout: 60_000 }, () => {
  test('hints at members and repositories, whose records are then read', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const { owner, network, knot, repository } = world;
    const late = await network.account('late.test');
    const repo = world.addRepo(late, 'late');
    await using listening = world.listen(null, { jetstream: jetstream.url });
    await listening.following();
    await until(() => jetstream.followers() === 1, 'Jetstream to be followed');
    const find = () => listening.source.rights.find(repo.repoDid ?? '');
    // What it says is not believed: nothing of it is on anybody's server.
    const record = { name: 'late', knot: knot.host, spindle: hostname, repoDid: repo.repoDid };
    jetstream.tell(owner.did, 'sh.tangled.spindle.member', 'x', { subject: late.did, instance: hostname });
    jetstream.tell(late.did, 'sh.tangled.repo', repo.rkey, record);
    // Now it is true.
    world.choose(late, repo);
    const membership = owner.put('sh.tangled.spindle.member', { subject: late.did, instance: hostname });
    jetstream.tell(owner.did, 'sh.tangled.spindle.member', membership, {});
    await until(() => find(), 'the repository to be watched');
    knot.push(repo, { newSha: repository.sha });
    assert.equal((await listening.have(1))[0]?.repo?.name, 'late.test/late');

    late.remove('sh.tangled.repo', repo.rkey);
    jetstream.tell(late.did, 'sh.tangled.repo', repo.rkey, null);
    await until(() => find() === undefined, 'the repository to go');
  });

  test('is asked for what came since, but not for what it has forgotten', async () => {
    await using world = await createTangledWorld();
    await using jetstream = await startFakeJetstream();
    const from = (at: number) => ({
      knots: {},
      jetstream: at * 1000,
      watched: { invited: [], repos: [], told: [], rights: {} },
    });
    const recent = Date.now() - 60_000;
    {
      await using _ = world.listen(from(recent), { jetstream: jetstream.url });
      await until(() => jetstream.asked.length === 1, 'it to be asked');
    }
    {
      await using _ = world.listen(from(Date.now() - 3 * 86_400_000), { jetstream: jetstream.url });
      await until(() => jetstream.asked.length === 2, 'it to be asked');
    }
    const [first, second] = jetstream.asked;
    assert.equal(first?.get('cursor'), String(recent * 1000));
    assert.equal(second?.get('cursor'), null);
    assert.deepEqual(first?.getAll('wantedCollections'), [
      'sh.tangled.spindle.member',
      'sh.tangled.repo',
      'sh.tangled.repo.collaborator',
      'sh.tangled.repo.pull',
    ]);
  });
});

describe('the patch of a round', () => {
  const sha = 'a'.repeat(40);
  const given = (bytes: Buffer) => ({ type: 'application/gzip', bytes });

  test('names its commit by its last patch', async () => {
    const blob = patchOf('b'.repeat(40), sha);
    assert.equal(await proposedCommit(cidOf(blob), given(blob)), sha);
  });

  test('has the id that its bytes have', async () => {
    // Known from another implementation: the raw CID of "hello world".
    assert.equal(
      cidOf(Buffer.from('hello world')),
      'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e',
    );
    const blob = patchOf(sha);
    await assert.rejects(proposedCommit(cidOf(Buffer.from('x')), given(blob)), { code: 'invalid' });
  });

  test('that would fill the memory is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(65 * 1024 * 1024));
    await assert.rejects(proposedCommit(cidOf(bomb), given(bomb)), {
      code: 'invalid',
      message: /cannot be unpacked/,
    });
  });
});
