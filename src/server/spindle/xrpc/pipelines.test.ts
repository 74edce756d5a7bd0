import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createRepository } from '../../../../test/support/git-repository.ts';
import { until } from '../../../../test/support/server.ts';
import type { Account } from '../../../../test/support/tangled/fake-network.ts';
import { type Answer, type OpenSpindle, openSpindle } from '../../../../test/support/tangled/open-spindle.ts';

const steps = 'steps: [{ name: unit, command: "true" }]\n';
const files = {
  '.tangled/workflows/ci.yml': `when: [{ event: [push], branch: main }]\nengine: local\n${steps}`,
  '.tangled/workflows/pull.yml': `when: [{ event: [pull_request], branch: main }]\nengine: local\n${steps}`,
};
const trigger = 'sh.tangled.ci.triggerPipeline';
const cancel = 'sh.tangled.ci.cancelPipeline';

describe('pipelines, asked for', { timeout: 120_000 }, () => {
  let spindle: OpenSpindle;
  let member: Account;
  let stranger: Account;
  let friend: Account;
  let repo: string;
  let sha: string;
  let knot: string;
  before(async () => {
    spindle = await openSpindle(files);
    const { world } = spindle;
    ({ member } = world);
    stranger = await world.network.account('stranger.test');
    friend = await world.network.account('friend.test');
    repo = world.repo.repoDid ?? '';
    knot = world.knot.host;
    world.knot.collaborators?.set(repo, [friend.did]);
    ({ sha } = world.repository);
  });
  after(() => spindle[Symbol.asyncDispose]());

  const manual = (more: object = {}) => ({ $type: `sh.tangled.ci.trigger#manual`, sha, ...more });
  const start = (more: object = {}, as = member, body: object = {}): Promise<Answer> =>
    spindle.call(trigger, { as, body: { repo, trigger: manual(more), ...body } });
  const idOf = ({ json, text }: Answer): string => {
    assert.match(text, /^\{"pipeline":"at:/);
    return String(json.pipeline).split('/').at(-1) ?? '';
  };
  const get = (pipeline: string) => spindle.call('sh.tangled.ci.getPipeline', { query: { pipeline } });
  const query = (more: Record<string, string> | [string, string][] = {}) =>
    spindle.call('sh.tangled.ci.queryPipelines', {
      query: new URLSearchParams([['repo', repo], ...new URLSearchParams(more)]),
    });

  test('are started by somebody who may push, as events with a verdict', async () => {
    const answer = await start({ ref: 'refs/heads/main', inputs: [{ key: 'channel', value: 'beta' }] });
    assert.equal(answer.status, 200, answer.text);
    const id = idOf(answer);
    assert.equal(answer.json.pipeline, `at://did:web:${knot}/sh.tangled.pipeline/${id}`);
    const { status, json } = await get(id);
    assert.equal(status, 200);
    assert.match(json.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.deepEqual(
      { ...json, createdAt: null },
      {
        id,
        repo,
        commit: sha,
        createdAt: null,
        trigger: { $type: 'sh.tangled.ci.trigger#manual', sha, ref: 'refs/heads/main' },
        workflows: ['ci.yml', 'pull.yml'].map(name => ({ id: name, name, status: 'pending' })),
      },
    );
    assert.equal((await get(answer.json.pipeline)).status, 200);
    const [run] = (await spindle.runs()).filter(({ plan }) => plan.workflow?.rkey === id);
    assert.equal(run?.plan.env['TANGLED_INPUT_CHANNEL'], 'beta');
    assert.deepEqual(run.plan.secrets, [`tangled/${repo}/*`]);
    const event = await spindle.house.store.event(run.event);
    assert.equal(event?.event.source, 'tangled');
    assert.equal(event.event.actor.id, member.did);
    assert.match(event.verdicts[0]?.reason ?? '', /^2 of 2 workflows answer/);
  });

  test('have the workflows that are named, or those that a pull request is answered by', async () => {
    const named = await get(idOf(await start({}, member, { workflows: ['pull.yml'] })));
    assert.deepEqual(
      named.json.workflows.map(({ name }: { name: string }) => name),
      ['pull.yml'],
    );
    const pull = {
      $type: 'sh.tangled.ci.trigger#pullRequest',
      sourceSha: sha,
      targetBranch: 'main',
      sourceBranch: 'topic',
    };
    const answer = await spindle.call('sh.tangled.ci.pipeline.triggerPipeline', {
      as: friend,
      body: { repo, trigger: pull },
    });
    const { json } = await get(idOf(answer));
    assert.deepEqual(
      [json.trigger.targetBranch, json.workflows.map(({ name }: { name: string }) => name)],
      ['main', ['pull.yml']],
    );
  });

  test('are refused with the reason', async () => {
    const before = (await spindle.runs()).length;
    const push = { $type: 'sh.tangled.ci.trigger#push', ref: 'refs/heads/main', newSha: sha, oldSha: sha };
    const nowhere = 'sh.tangled.ci.trigger#pullRequest';
    const other = `did:plc:${'7'.repeat(24)}`;
    const cases: readonly (readonly [object, number, string, RegExp])[] = [
      [{ trigger: undefined }, 400, 'Generic', /trigger/],
      [{ trigger: push }, 400, 'Generic', /of a kind that cannot be asked for/],
      [{ trigger: manual({ sha: 'abc' }) }, 400, 'Generic', /40 hex digits/],
      [{ trigger: manual({ ref: '../x' }) }, 400, 'Generic', /trigger.ref/],
      [
        { trigger: manual({ inputs: [{ key: 'a', value: 'b\0' }] }) },
        400,
        'Generic',
        /inputs.0.value: holds a NUL/,
      ],
      [{ trigger: { $type: nowhere, sourceSha: sha } }, 400, 'Generic', /targetBranch/],
      [
        { trigger: { $type: nowhere, sourceSha: sha, targetBranch: 'dev' } },
        400,
        'Generic',
        /nothing is to be run/,
      ],
      [{ trigger: manual({ sha: '1'.repeat(40) }) }, 400, 'Generic', /nothing is to be run|not/],
      [{ workflows: ['none.yml'] }, 400, 'Generic', /no workflow none\.yml/],
      [{ repo: other }, 400, 'RepoNotFound', /does not work/],
      [{ repo: 'harbour' }, 400, 'InvalidRepo', /at-uri/],
      [{ trigger: manual({ sourceRepo: other }) }, 400, 'Generic', /./],
    ];
    for (const [changes, status, error, message] of cases) {
      const answer = await spindle.call(trigger, {
        as: member,
        body: { repo, trigger: manual(), ...changes },
      });
      assert.deepEqual(
        [answer.status, answer.json?.error],
        [status, error],
        JSON.stringify(changes) + answer.text,
      );
      assert.match(answer.json.message, message);
    }
    const stopped = await start({}, stranger);
    assert.deepEqual([stopped.status, stopped.json.error], [400, 'AccessControl']);
    assert.equal((await spindle.call(trigger, { as: member, body: '{' })).status, 400);
    const long = await spindle.call(trigger, { as: member, body: `"${'x'.repeat(70_000)}"` });
    assert.deepEqual([long.status, long.json.error], [413, 'PayloadTooLarge']);
    assert.equal((await spindle.runs()).length, before);
  });

  test('are not started by who shows no token, one for something else, or one a second time', async () => {
    const body = { repo, trigger: manual() };
    const token = await member.token({ aud: 'did:web:spindle.test', lxm: trigger });
    const answers = [
      await spindle.call(trigger, { body }),
      await spindle.call(trigger, { body, as: member, lxm: cancel }),
      await spindle.call(trigger, { body, token }),
      await spindle.call(trigger, { body, token }),
    ];
    assert.deepEqual(
      answers.map(({ status, json }) => [status, json?.error ?? null]),
      [
        [403, 'Auth'],
        [403, 'Auth'],
        [200, null],
        [403, 'Auth'],
      ],
    );
    assert.match(answers[3]?.json.message, /^signature verification failed: it has been used before$/);
  });

  test('are started by nobody while nobody can tell whether a token has been used', async () => {
    await using away = await openSpindle();
    await away.house.store[Symbol.asyncDispose]();
    const body = { repo: away.world.repo.repoDid, trigger: manual() };
    const { status, json } = await away.call(trigger, { as: away.world.member, body });
    assert.deepEqual([status, json.error], [503, 'Unavailable']);
  });

  test('of a fork are cloned from there, kept apart, and get no secrets', async () => {
    const { world } = spindle;
    await using repository = await createRepository({
      '.tangled/workflows/theirs.yml': `engine: local\n${steps}`,
    });
    const forked = world.network.repoDid(knot);
    const fork = { ownerDid: stranger.did, name: 'fork', repoDid: forked, rkey: 'fork', repository };
    world.knot.add(fork);
    const wish = { sha: repository.sha, sourceRepo: forked };
    const unproven = await start(wish);
    assert.match(unproven.json.message, /has no record of it/);
    stranger.put('sh.tangled.repo', { name: 'fork', knot, repoDid: forked }, 'fork');
    const id = idOf(await start(wish));
    const { json } = await get(id);
    assert.deepEqual([json.sourceRepo, json.repo, json.workflows[0].name], [forked, repo, 'theirs.yml']);
    const [run] = (await spindle.runs()).filter(({ plan }) => plan.workflow?.rkey === id);
    assert.deepEqual(
      [
        run?.plan.revision?.url,
        run?.plan.secrets,
        run?.plan.withheld,
        run?.plan.isolation,
        run?.status.state,
      ],
      [`http://${knot}/${forked}`, [], [`tangled/${repo}/*`], 'namespace', 'queued'],
    );
    // What others clone by the repository's name is its own.
    assert.equal((await spindle.house.store.repo(run?.plan.repo?.name ?? ''))?.url, `http://${knot}/${repo}`);

    const describe = (more: object) =>
      spindle.call('sh.tangled.ci.describeWorkflowDefinition', { query: { repo, sha, ...more } });
    const own = await describe({});
    const theirs = await describe({ sha: repository.sha, sourceRepo: forked });
    assert.deepEqual([own.json.derived, own.json.workflows], [true, ['ci.yml', 'pull.yml']]);
    assert.deepEqual(theirs.json.workflows, ['theirs.yml']);
    assert.notEqual(own.json.hash, theirs.json.hash);
    assert.deepEqual((await describe({})).json, own.json);
    assert.equal((await describe({ sha: 'x' })).status, 400);
  });

  test('are listed newest first, page by page', async () => {
    const all = await query();
    const ids = all.json.pipelines.map(({ id }: { id: string }) => id);
    assert.ok(ids.length >= 3);
    assert.equal(all.json.total, ids.length);
    assert.equal(all.json.cursor, undefined);
    const first = await query({ limit: '2' });
    assert.equal(first.json.total, ids.length);
    const second = await query({ limit: '2', cursor: first.json.cursor });
    const read = [...first.json.pipelines, ...second.json.pipelines].map(({ id }: { id: string }) => id);
    assert.deepEqual(read, ids.slice(0, 4));
    assert.deepEqual((await query({ kinds: 'push' })).json, { total: 0, pipelines: [] });
    assert.equal(
      (
        await query([
          ['kinds', 'manual'],
          ['kinds', 'pullRequest'],
        ])
      ).json.total,
      ids.length,
    );
    assert.equal((await query({ commits: sha })).json.total, 1);
    for (const wrong of [{ limit: '0' }, { limit: '251' }, { limit: 'x' }, { cursor: 'x' }])
      assert.equal((await query(wrong)).status, 400, JSON.stringify(wrong));
    assert.equal((await spindle.call('sh.tangled.ci.queryPipelines')).status, 400);
    assert.deepEqual([(await get('none')).status, (await get('none')).json.error], [404, 'PipelineNotFound']);
    assert.equal((await get('')).status, 400);
  });

  test('are cancelled, whole or in part, in all the ways in which that is asked for', async () => {
    const uri = `at://${member.did}/sh.tangled.repo/${spindle.world.repo.rkey}`;
    const statuses = async (id: string) =>
      (await get(id)).json.workflows.map(({ status }: { status: string }) => status);
    const id = idOf(await start());
    const some = await spindle.call(cancel, {
      as: friend,
      body: { repo, pipeline: id, workflows: ['ci.yml'] },
    });
    assert.deepEqual([some.status, some.text], [200, '']);
    assert.deepEqual(await statuses(id), ['cancelled', 'pending']);
    const old = 'sh.tangled.pipeline.cancelPipeline';
    const pipeline = `at://did:web:${knot}/sh.tangled.pipeline/${id}`;
    assert.equal(
      (await spindle.call(old, { as: member, body: { repo: uri, pipeline, workflow: 'pull.yml' } })).status,
      200,
    );
    assert.deepEqual(await statuses(id), ['cancelled', 'cancelled']);
    const ended = (await spindle.runs()).filter(({ plan }) => plan.workflow?.rkey === id);
    const encoded = pipeline.replace(knot, knot.replace(':', '%3A'));
    assert.equal(
      (await spindle.call(cancel, { as: member, body: { repo: uri, pipeline: encoded } })).status,
      200,
    );
    assert.deepEqual(
      (await spindle.runs()).filter(({ plan }) => plan.workflow?.rkey === id),
      ended,
    );

    const next = idOf(await start());
    const refused = async (as: Account, body: object) => {
      const answer = await spindle.call(cancel, { as, body: { repo, pipeline: next, ...body } });
      return [answer.status, answer.json?.error];
    };
    assert.deepEqual(await refused(stranger, {}), [400, 'AccessControl']);
    assert.deepEqual(await refused(member, { workflows: ['none.yml'] }), [400, 'Generic']);
    assert.deepEqual(await refused(member, { pipeline: 'none' }), [400, 'Generic']);
    assert.deepEqual(await refused(member, { pipeline: 'at://x' }), [400, 'Generic']);
    const { world } = spindle;
    const harbour = world.addRepo(member, 'other');
    world.choose(member, harbour);
    spindle.listening.source.reconcile();
    await until(
      () => spindle.listening.source.calls.repo(harbour.repoDid ?? '') !== undefined,
      'the other repository to be watched',
    );
    assert.deepEqual(await refused(member, { repo: harbour.repoDid }), [400, 'Generic']);
    world.knot.collaborators?.set(repo, []);
    assert.deepEqual(await refused(friend, {}), [400, 'AccessControl']);
    world.knot.isSilent = true;
    assert.deepEqual(await refused(friend, {}), [503, 'Unavailable']);
    world.knot.isSilent = false;
    assert.deepEqual(await statuses(next), ['pending', 'pending']);
  });

  test('say in public how the spindle is', async () => {
    const health = await spindle.call('_health');
    assert.deepEqual([health.status, health.json.status], [200, 'ok']);
    assert.equal((await spindle.call('_ready')).status, 200);
  });
});
