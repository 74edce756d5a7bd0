import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../../test/support/server.ts';
import { startFakeKnot } from '../../../test/support/tangled/fake-knot.ts';
import { createTangledWorld, hostname, workflow } from '../../../test/support/tangled/world.ts';
import { sourceSuite } from '../../contracts/source.suite.ts';

sourceSuite('tangled', {
  kind: 'stream',
  async create() {
    const world = await createTangledWorld();
    const listenings: AsyncDisposable[] = [];
    const { source } = world.listen();
    return {
      source,
      happen: async () => void world.knot.push(world.repo, { newSha: world.repository.sha }),
      [Symbol.asyncDispose]: async () => {
        for (const each of listenings) await each[Symbol.asyncDispose]();
        await world[Symbol.asyncDispose]();
      },
    };
  },
});

const signal = new AbortController().signal;
const g1 = [{ name: 'ci.yml', engine: 'nixery', clone: { skip: false, depth: 0 }, raw: workflow }, null];

describe('a push that a later knot tells of', { timeout: 60_000 }, () => {
  test('becomes a pipeline of the workflows at that commit', async () => {
    await using world = await createTangledWorld();
    await using listening = world.listen();
    await listening.following();
    const { knot, repo, repository, member } = world;
    knot.push(repo, { newSha: repository.sha, changedFiles: ['src/a.ts'] });
    const [event] = await listening.have(1);
    assert.ok(event?.pipeline);
    assert.deepEqual(
      { ...event, pipeline: null },
      {
        ...event,
        pipeline: null,
        type: 'pipeline',
        action: 'push',
        repo: {
          forge: 'tangled',
          name: 'member.test/harbour',
          url: `http://${knot.host}/${repo.repoDid}`,
          defaultBranch: 'main',
        },
        ref: 'refs/heads/main',
        branch: 'main',
        before: null,
        after: repository.sha,
        changed: ['src/a.ts'],
        actor: { id: member.did, name: 'member.test' },
      },
    );
    const { workflows, rkey, diagnostics: _, ...facts } = event.pipeline;
    assert.deepEqual(
      workflows.map(({ name }) => name),
      ['ci.yml'],
    );
    assert.match(rkey, /^[2-7a-z]{13}$/);
    assert.deepEqual(facts, {
      knot: knot.host,
      repo: { ownerDid: member.did, name: 'harbour', repoDid: repo.repoDid, defaultBranch: 'main' },
      trigger: {
        kind: 'push',
        ref: 'refs/heads/main',
        newSha: repository.sha,
        oldSha: '0'.repeat(40),
      },
      sourceRepo: null,
      sourceUrl: null,
      isOurs: true,
    });
    assert.match(listening.frames[0] ?? '', /"nsid":"sh.tangled.git.refUpdate"/);
  });

  test('says why nothing runs: skipped, deleted, no workflows, a commit that is gone', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    const bare = await repository.commit({ a: 'a' }, { branch: 'bare', onto: null });
    await using listening = world.listen();
    await listening.following();
    knot.push(repo, { newSha: repository.sha, pushOptions: ['skip-ci'] });
    knot.push(repo, { newSha: repository.sha, pushOptions: ['other', 'ci-skip'] });
    knot.push(repo, { newSha: '0'.repeat(40), oldSha: repository.sha });
    knot.push(repo, { newSha: bare, branch: 'bare' });
    knot.push(repo, { newSha: 'a'.repeat(40) });
    const events = await listening.have(5);
    assert.deepEqual(
      events.map(({ type, note, pipeline }) => [type, note ?? pipeline?.diagnostics[0]?.text]),
      [
        ['other', 'a push to refs/heads/main: it was pushed with the option to skip CI'],
        ['other', 'a push to refs/heads/main: it was pushed with the option to skip CI'],
        ['other', 'a push to refs/heads/main: it is deleted, so there is nothing to run'],
        ['pipeline', `there are no files in .tangled/workflows at ${bare}`],
        ['pipeline', events[4]?.pipeline?.diagnostics[0]?.text],
      ],
    );
    assert.match(events[4]?.pipeline?.diagnostics[0]?.text ?? '', /no longer on the remote/);
    assert.deepEqual(
      events.map(({ pipeline }) => pipeline?.workflows ?? []),
      [[], [], [], [], []],
    );
  });
});

describe('a pipeline that a knot of the first generation has compiled', { timeout: 60_000 }, () => {
  test('is taken as it is, whatever the empty type and the null entries', async () => {
    await using world = await createTangledWorld({ firstGeneration: true });
    await using listening = world.listen();
    await listening.following();
    const { knot, repo, repository, member } = world;
    const rkey = knot.pipeline(repo, { newSha: repository.sha }, g1);
    const [event] = await listening.have(1);
    assert.equal(event?.repo?.url, `http://${knot.host}/${member.did}/harbour`);
    assert.equal(event?.pipeline?.rkey, rkey);
    assert.equal(event?.pipeline?.isOurs, false);
    assert.equal(event?.deliveryId, `at://did:web:${knot.host}/sh.tangled.pipeline/${rkey}`);
    assert.deepEqual(
      event?.pipeline?.workflows.map(({ name, engine, raw, problem, clone }) => ({
        name,
        engine,
        raw,
        problem,
        clone,
      })),
      [
        {
          name: 'ci.yml',
          engine: 'nixery',
          raw: workflow,
          problem: null,
          clone: { skip: false, depth: 1, submodules: false, tags: false },
        },
      ],
    );
  });

  test('is refused in the order of the checks, and each refusal is told', async () => {
    await using world = await createTangledWorld({ firstGeneration: true });
    await using listening = world.listen();
    await listening.following();
    const { knot, repo, repository, member, owner } = world;
    const push = { ref: 'refs/heads/main', newSha: repository.sha, oldSha: '0'.repeat(40) };
    const told = (repo: object | null) => ({ triggerMetadata: { kind: 'push', repo, push }, workflows: g1 });
    const stranger = await world.network.account('stranger.test');
    knot.emit('sh.tangled.pipeline', { $type: '', workflows: g1 });
    knot.emit('sh.tangled.pipeline', told(null));
    knot.emit('sh.tangled.pipeline', told({ knot: 'other.test', did: member.did, repo: 'harbour' }));
    knot.emit('sh.tangled.pipeline', told({ knot: knot.host, did: stranger.did, repo: 'harbour' }));
    knot.emit('sh.tangled.pipeline', told({ knot: knot.host, did: owner.did, repo: 'harbour' }));
    knot.emit('sh.tangled.pipeline', 'nothing of the kind');
    knot.push(repo, { newSha: repository.sha });
    const events = await listening.have(3);
    assert.equal(listening.source.streams()[0]?.strangers, 4, 'what cannot be read is counted, and not kept');
    assert.deepEqual(
      events.map(({ type, note }) => [type, note?.replaceAll(knot.host, 'KNOT')]),
      [
        [
          'other',
          `a pipeline of the knot KNOT: harbour is not watched: its owner ${stranger.did} is no member of this spindle; invite them, or name them in sources.tangled.members`,
        ],
        [
          'other',
          `a pipeline of the knot KNOT: harbour is not watched: its record does not name this spindle; choose ${hostname} in the settings of the repository`,
        ],
        [
          'other',
          'a push to refs/heads/main: the knot KNOT compiles workflows itself, and sends a pipeline where one is to run',
        ],
      ],
    );
  });

  test('and the update of its ref are one push; a branch that goes back and forth makes a push each time', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    const a = repository.sha;
    const b = await repository.commit({ b: 'b' });
    await using listening = world.listen();
    await listening.following();
    const both = (oldSha: string, newSha: string): void => {
      knot.pipeline(repo, { oldSha, newSha }, g1);
      knot.push(repo, { oldSha, newSha });
    };
    both(a, b);
    both(b, a);
    both(a, b);
    const ids = (await listening.have(6)).map(({ deliveryId }) => deliveryId);
    assert.equal(new Set(ids).size, 3);
    for (const n of [0, 2, 4]) assert.equal(ids[n], ids[n + 1]);
  });
});

describe('following a knot', { timeout: 60_000 }, () => {
  test('goes on after a break where it was, and takes what comes twice once', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    await using listening = world.listen();
    await listening.following();
    knot.push(repo, { newSha: repository.sha });
    await listening.have(1);
    knot.drop();
    await until(() => knot.followers() === 0, 'the break');
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    await listening.have(2);
    // A replay, as knots of the first generation make them.
    const frame = listening.frames[0] ?? '';
    knot.send(frame);
    knot.push(repo, { newSha: repository.sha, branch: 'last' });
    const events = await listening.have(3);
    assert.deepEqual(
      events.map(({ branch }) => branch),
      ['main', 'meanwhile', 'last'],
    );
    const created = /"created":(\d+)/.exec(frame)?.[1];
    assert.equal(knot.cursors[1], created);
  });

  test('leaves out what cannot be read, and counts it', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    await using listening = world.listen();
    await listening.following();
    const bad = [
      '',
      '{',
      '[]',
      '{"rkey":"a"}',
      Buffer.from('{}'),
      JSON.stringify({ pad: 'x'.repeat(200_000) }),
    ];
    for (const frame of bad) knot.send(frame);
    knot.push(repo, { newSha: repository.sha });
    await listening.have(1);
    const [stream] = listening.source.streams();
    assert.equal(stream?.skipped, bad.length);
    assert.equal(knot.cursors.length, 1, 'the connection was kept');
    assert.match(listening.source.state().problems.join(), /has sent what cannot be read/);
  });

  test('begins with now, and not with the past of the knot', async () => {
    await using world = await createTangledWorld();
    const { knot } = world;
    await using listening = world.listen();
    await listening.following();
    const [cursor] = knot.cursors;
    const ageMs = Date.now() - Number(BigInt(cursor ?? 0) / 1_000_000n);
    assert.ok(ageMs >= 60_000 && ageMs < 120_000, `${ageMs} ms`);
  });

  test('that has told nothing yet is not begun anew after a restart', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    let position: ReturnType<ReturnType<typeof world.listen>['position']>;
    {
      await using listening = world.listen();
      await listening.following();
      position = listening.position();
    }
    knot.push(repo, { newSha: repository.sha });
    // Later than what a new knot is asked for.
    world.setForward(3_600_000);
    await using listening = world.listen(position);
    assert.equal((await listening.have(1))[0]?.type, 'pipeline');
  });

  test('goes on from a stored position after a restart, also while the records cannot be read', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository, network, member, owner } = world;
    let position: ReturnType<ReturnType<typeof world.listen>['position']>;
    {
      await using listening = world.listen();
      await listening.following();
      knot.push(repo, { newSha: repository.sha });
      await listening.have(1);
      position = listening.position();
    }
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    for (const did of [member.did, owner.did]) network.away.add(did);
    await using listening = world.listen(position);
    const [event] = await listening.have(1);
    assert.equal(event?.branch, 'meanwhile');
    assert.equal(event?.type, 'pipeline');
    // The members, and the repositories of both.
    assert.equal(listening.source.state().problems.length, 3);
  });

  test('goes on from a stored list while a member’s server keeps silent', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository, network, member } = world;
    let position: ReturnType<ReturnType<typeof world.listen>['position']>;
    {
      await using listening = world.listen();
      await listening.following();
      knot.push(repo, { newSha: repository.sha });
      await listening.have(1);
      position = listening.position();
    }
    network.silent.add(member.did);
    await using listening = world.listen(position);
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    assert.equal((await listening.have(1))[0]?.type, 'pipeline');
    assert.equal(listening.source.state().lastAt, null, 'the records are still being read');
  });

  test('loses nothing to an event whose time is to come', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository } = world;
    let position: ReturnType<ReturnType<typeof world.listen>['position']>;
    {
      await using listening = world.listen();
      await listening.following();
      for (const created of [`${Date.now() + 86_400_000}000000`, '9999999999999999999'])
        knot.send(`{"rkey":"${created}","nsid":"a.b.c","event":{},"created":${created}}`);
      knot.push(repo, { newSha: repository.sha });
      await listening.have(1);
      knot.drop();
      knot.push(repo, { newSha: repository.sha, branch: 'after-a-break' });
      assert.equal((await listening.have(2))[1]?.branch, 'after-a-break');
      position = listening.position();
    }
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    await using listening = world.listen(position);
    await until(() => listening.events.some(({ branch }) => branch === 'meanwhile'), 'the push in between');
  });

  test('is not disturbed by a knot that is away', async () => {
    await using world = await createTangledWorld();
    await using other = await startFakeKnot();
    const { host } = other;
    await other[Symbol.asyncDispose]();
    const { knot, repo, repository } = world;
    await using listening = world.listen(null, { knots: [host, knot.host] });
    await listening.following();
    knot.push(repo, { newSha: repository.sha });
    await listening.have(1);
    const away = listening.source.streams().find(({ name }) => name === host);
    assert.equal(away?.connected, false);
    assert.match(away?.problem ?? '', /ECONNREFUSED/);
  });
});

describe('who is worked for', { timeout: 60_000 }, () => {
  test('a member who is removed, and a repository that chooses another spindle, are not', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository, member, owner, records } = world;
    const second = world.addRepo(member, 'second');
    world.choose(member, second);
    await using listening = world.listen();
    await listening.following();
    const push = (to: typeof repo): string => knot.push(to, { newSha: repository.sha });
    push(repo);
    push(second);
    assert.deepEqual(
      (await listening.have(2)).map(({ type }) => type),
      ['pipeline', 'pipeline'],
    );

    const watched = () => [repo, second].map(({ repoDid }) => listening.source.rights.find(repoDid ?? ''));
    world.choose(member, second, 'other.test');
    listening.source.reconcile();
    await until(() => watched()[1] === undefined, 'the repository to go');
    assert.ok(watched()[0]);
    push(second);
    assert.equal((await listening.have(3))[2]?.type, 'other');

    owner.remove('sh.tangled.spindle.member', records.membership);
    listening.source.reconcile();
    await until(() => watched()[0] === undefined, 'the member to go');
    push(repo);
    const [, , , last] = await listening.have(4);
    assert.equal(last?.type, 'other');
    assert.match(last?.note ?? '', /is no member of this spindle/);
  });

  test('who chooses this spindle and pushes at once does not wait for the next look', async () => {
    await using world = await createTangledWorld();
    const { knot, repository, owner } = world;
    await using listening = world.listen();
    await listening.following();
    const fresh = world.addRepo(owner, 'fresh');
    world.choose(owner, fresh);
    const listed = () => world.network.requests.filter(path => path.includes('listRecords')).length;
    const before = listed();
    // Records that were read a moment ago are not asked for again by every event.
    for (const branch of ['a', 'b', 'c']) knot.push(fresh, { newSha: repository.sha, branch });
    assert.deepEqual(
      (await listening.have(3)).map(({ type }) => type),
      ['other', 'other', 'other'],
    );
    assert.equal(listed(), before);
    world.setForward(10_000);
    knot.push(fresh, { newSha: repository.sha });
    assert.equal((await listening.have(4))[3]?.type, 'pipeline');
  });

  test('a repository is what its knot and its DID say, and not what a record claims', async () => {
    await using world = await createTangledWorld();
    const { knot, network, owner, member, repo } = world;
    // Somebody else's repository under a record of one's own, and one whose DID leads elsewhere.
    owner.put('sh.tangled.repo', { name: 'mine', knot: knot.host, spindle: hostname, repoDid: repo.repoDid });
    const moved = world.addRepo(member, 'moved');
    world.choose(member, moved);
    network.move(moved.repoDid ?? '', 'elsewhere.test');
    await using listening = world.listen();
    await listening.following();
    const { rights, state } = listening.source;
    assert.equal(rights.find(repo.repoDid ?? '')?.ownerDid, member.did);
    assert.equal(rights.find(moved.repoDid ?? ''), undefined);
    const problems = state().problems.join('\n');
    assert.match(problems, /says that it belongs to did:plc/);
    assert.match(problems, /and its DID that it is on elsewhere.test/);
  });

  test('a member who chooses this spindle without end is watched up to a limit', async () => {
    await using world = await createTangledWorld();
    const { knot, owner } = world;
    for (let n = 0; n < 101; n++)
      owner.put('sh.tangled.repo', { name: `r${n}`, knot: knot.host, spindle: hostname }, `r${n}`);
    await using listening = world.listen();
    await listening.following();
    const { rights, state } = listening.source;
    const found = [99, 100].map(n => rights.find(`${owner.did}/r${n}`)?.name);
    assert.deepEqual(found, ['r99', undefined]);
    assert.match(state().problems.join(), /in 101 repositories: only the first 100 are watched/);
  });

  test('events of strangers on a shared knot are counted, and not kept', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, repository, network } = world;
    const stranger = await network.account('stranger.test');
    const theirs = world.addRepo(stranger, 'theirs');
    await using listening = world.listen(null, { knots: [] });
    await listening.following();
    knot.push(theirs, { newSha: repository.sha });
    knot.push(repo, { newSha: repository.sha });
    assert.equal((await listening.have(1))[0]?.repo?.name, 'member.test/harbour');
    assert.equal(listening.source.streams()[0]?.strangers, 1);
  });

  test('on a trusted knot every repository is, without any record', async () => {
    await using world = await createTangledWorld();
    const { knot, repository, network } = world;
    const stranger = await network.account('stranger.test');
    const theirs = world.addRepo(stranger, 'theirs');
    await using listening = world.listen(null, { trustsKnots: true, plc: 'http://127.0.0.1:1' });
    await listening.following();
    knot.push(theirs, { newSha: repository.sha });
    const [event] = await listening.have(1);
    assert.equal(event?.type, 'pipeline');
    assert.equal(event?.repo?.name, `${stranger.did}/${theirs.repoDid}`);
    assert.equal(event?.pipeline?.workflows.length, 1);
  });
});

describe('rights', { timeout: 60_000 }, () => {
  test('are what the knot says now; of older knots, what it told or what records say', async () => {
    await using world = await createTangledWorld();
    const { knot, repo, network, member } = world;
    const ada = await network.account('ada.test');
    const eve = await network.account('eve.test');
    member.put('sh.tangled.repo.collaborator', { subject: eve.did, repo: repo.repoDid });
    await using listening = world.listen();
    await listening.following();
    const { rights } = listening.source;
    const watched = rights.find(`at://${member.did}/sh.tangled.repo/${repo.rkey}`);
    assert.ok(watched);
    assert.equal(rights.find(`${member.did}/harbour`), watched);
    const may = (who: { readonly did: string }) => rights.mayPush(who.did, watched, signal);

    knot.collaborators = new Map([[repo.repoDid ?? '', [ada.did]]]);
    assert.deepEqual([await may(member), await may(ada), await may(eve)], [true, true, false]);
    knot.collaborators = new Map();
    assert.deepEqual([await may(member), await may(ada)], [true, false]);

    knot.collaborators = null;
    assert.deepEqual([await may(ada), await may(eve)], [false, true]);
    const update = (op: string, who: { readonly did: string }) =>
      knot.emit('sh.tangled.repo.collaboratorUpdate', { op, subject: who.did, repo: repo.repoDid });
    update('add', ada);
    update('remove', eve);
    await until(() => may(ada), 'the right to come');
    await until(async () => !(await may(eve)), 'the right to go');

    knot.isSilent = true;
    await assert.rejects(may(ada), { code: 'unavailable' });
    assert.equal(await rights.maySettings(member.did, watched, signal), true);
  });
});
