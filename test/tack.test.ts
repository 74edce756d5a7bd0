import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunDetailJson } from '../src/server/json/run.ts';
import { startFakeBuildkite } from './support/fake-buildkite.ts';
import { type Persona, persona, startPersona } from './support/persona.ts';
import { until } from './support/server.ts';
import { createTangledWorld, hostname, type TangledWorld, workflow } from './support/tangled/world.ts';

/** `signalbox as tack`, the real program, in Tangled in small. */

interface EventJson {
  readonly type: string;
  readonly repo: { readonly name: string } | null;
  readonly note: string | null;
  readonly pipeline: {
    readonly workflows: readonly { readonly name: string; readonly provider: string | null }[];
  } | null;
}

describe('signalbox as tack', { timeout: 110_000 }, () => {
  let world: TangledWorld;
  let tack: Persona;
  before(async () => {
    world = await createTangledWorld();
    tack = await startPersona(
      ['tack'],
      {},
      {
        TACK_HOSTNAME: hostname,
        TACK_OWNER_DID: world.owner.did,
        TACK_DEV: 'true',
        TACK_KNOTS: `ws://${world.knot.host}/, `,
        SPINDLE_SERVER_PLC_URL: world.network.url,
      },
    );
    await until(() => world.knot.followers() === 1, 'the knot to be followed');
  });
  after(async () => {
    await tack?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  const events = async () => (await tack.api<{ items: readonly EventJson[] }>('/api/events')).items;

  test('takes pipelines of every repository on the knots that it is told, for a provider that plays', async () => {
    const { knot, repository, network } = world;
    const stranger = await network.account('stranger.test');
    const repo = world.addRepo(stranger, 'theirs');
    knot.pipeline(repo, { newSha: repository.sha }, [{ name: 'ci.yml', engine: 'any', raw: workflow }]);
    const [event] = await until(async () => ((await events()).length > 0 ? events() : null), 'the pipeline');
    assert.equal(event?.repo?.name, `${stranger.did}/theirs`);
    assert.deepEqual(
      event?.pipeline?.workflows.map(({ name, provider }) => [name, provider]),
      [['ci.yml', 'fake']],
    );
    assert.match(tack.stderr(), /builds are only played; set TACK_BUILDKITE_TOKEN/);
    const run = await until(async () => {
      const { items } = await tack.api<{ items: readonly RunDetailJson[] }>('/api/runs');
      return items.find(({ state }) => state === 'finished');
    }, 'the build to be played');
    assert.deepEqual([run.outcome, run.agent, run.build?.provider], ['success', 'providers', 'fake']);
  });

  test('tells in its health how it follows the knot', async () => {
    const { sources } = await tack.api<{
      sources: readonly {
        readonly name: string;
        readonly catchUp: { readonly lastAt: string; readonly problems: readonly string[] } | null;
        readonly streams: readonly { readonly name: string; readonly connected: boolean }[];
      }[];
    }>('/api/health');
    const tangled = sources.find(({ name }) => name === 'tangled');
    assert.deepEqual(
      tangled?.streams.map(({ name, connected }) => [name, connected]),
      [[world.knot.host, true]],
    );
    assert.deepEqual(tangled?.catchUp?.problems, []);
    const { lastAt } = tangled.catchUp;
    await tack.api('/api/look', { method: 'POST' });
    await until(async () => {
      const { sources } = await tack.api<{
        sources: readonly { name: string; catchUp: { lastAt: string } }[];
      }>('/api/health');
      return sources.find(({ name }) => name === 'tangled')?.catchUp.lastAt !== lastAt;
    }, 'another look');
  });

  test('goes on after a restart where it was', async () => {
    const { knot, repo, repository } = world;
    const before = (await events()).length;
    assert.equal(await tack.end('SIGTERM'), 0);
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    await tack.start();
    await until(async () => (await events()).length === before + 1, 'the push of the meantime');
    assert.equal((await events())[0]?.repo?.name, 'member.test/harbour');
  });
});

test('signalbox as tack: a push is built at Buildkite, found by the keys of tack, and nothing runs here', {
  timeout: 60_000,
}, async () => {
  const raw = `${workflow}tack: { buildkite: { pipeline: app } }\n`;
  await using world = await createTangledWorld({ files: { '.tangled/workflows/ci.yml': raw } });
  await using buildkite = await startFakeBuildkite();
  buildkite.onBuild = build => {
    build.job('unit').start().print('good\n').end('passed');
    build.change({ state: 'passed' });
  };
  await using tack = await startPersona(
    ['tack'],
    {},
    {
      TACK_HOSTNAME: hostname,
      TACK_OWNER_DID: world.owner.did,
      TACK_DEV: 'true',
      TACK_KNOTS: `ws://${world.knot.host}/`,
      SPINDLE_SERVER_PLC_URL: world.network.url,
      TACK_BUILDKITE_API_URL: buildkite.api.replace('/v2', ''),
      TACK_BUILDKITE_TOKEN: buildkite.token,
      TACK_BUILDKITE_ORG: 'acme',
      TACK_BUILDKITE_WEBHOOK_SECRET: 'the token of the webhook',
      TACK_BUILDKITE_PIPELINES: 'app',
    },
  );
  await until(() => world.knot.followers() === 1, 'the knot to be followed');
  const repo = world.addRepo(await world.network.account('stranger.test'), 'theirs');
  world.knot.pipeline(repo, { newSha: world.repository.sha }, [{ name: 'ci.yml', engine: 'any', raw }]);
  const run = await until(async () => {
    const { items } = await tack.api<{ items: readonly RunDetailJson[] }>('/api/runs');
    return items.find(({ state }) => state === 'finished');
  }, 'the build to end');
  assert.deepEqual([run.outcome, run.reason, run.build?.id], ['success', null, 'acme/app/1']);
  const plain = [{ name: 'plain.yml', engine: 'local', raw: workflow }];
  world.knot.pipeline(repo, { newSha: world.repository.sha }, plain);
  const here = await until(async () => {
    const { items } = await tack.api<{ items: readonly RunDetailJson[] }>('/api/runs');
    return items.find(({ id, state }) => id !== run.id && state === 'finished');
  }, 'the workflow that names no pipeline to fail');
  assert.deepEqual(
    [here.outcome, here.agent, here.reason],
    ['error', 'providers', 'no Buildkite pipeline is named: write `buildkite: { pipeline: NAME }`'],
  );
  const [build] = buildkite.builds;
  assert.equal(build?.order.commit, world.repository.sha);
  assert.equal(build.order.env?.['TANGLED_SHA'], world.repository.sha);
  assert.equal(build.order.meta_data?.['tack:workflow'], 'ci.yml');
  assert.equal(build.order.meta_data?.['tack:knot'], world.knot.host);
  const hook = (token: string) =>
    buildkite.hook(`${tack.url}/webhooks/buildkite`, 'build.finished', build, { token });
  assert.equal((await hook('the token of the webhook')).status, 200);
  assert.equal((await hook('another')).status, 401);
});

describe('signalbox as tack without what it needs', { timeout: 60_000 }, () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-tack-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  const all = { TACK_HOSTNAME: hostname, TACK_OWNER_DID: 'did:plc:ann' };
  for (const [what, env, said] of [
    ['no host', { TACK_OWNER_DID: 'did:plc:ann' }, /TACK_HOSTNAME is not set: it is the host/],
    ['no owner', { TACK_HOSTNAME: hostname }, /TACK_OWNER_DID is not set: it is the DID/],
    ['an owner that is no DID', { ...all, TACK_OWNER_DID: 'ann' }, /sources\.tangled\.owner: write a DID/],
    [
      'no organization',
      { ...all, TACK_BUILDKITE_TOKEN: 'x' },
      /providers\.buildkite\.organization: write what/,
    ],
    [
      'no such mode',
      { ...all, TACK_BUILDKITE_TOKEN: 'x', TACK_BUILDKITE_WEBHOOK_MODE: 'none' },
      /TACK_BUILDKITE_WEBHOOK_MODE is "none": write token or signature/,
    ],
    ['no address', { ...all, TACK_LISTEN_ADDR: '8080' }, /TACK_LISTEN_ADDR is "8080": write a port/],
  ] as const)
    test(`says in one sentence that there is ${what}`, async () => {
      const { code, stderr } = await persona(['tack'], env, directory);
      assert.equal(code, 2);
      assert.match(stderr, said);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
});
