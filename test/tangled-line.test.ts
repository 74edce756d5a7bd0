import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type FakeBuildkite, startFakeBuildkite } from './support/fake-buildkite.ts';
import { startServer, type TestServer, until } from './support/server.ts';
import {
  type Conversation,
  type Envelope,
  type LogLine,
  readEvents,
  readLog,
} from './support/tangled/strict-client.ts';
import { createTangledWorld, hostname, type TangledWorld } from './support/tangled/world.ts';

/**
 * The whole line of a spindle, the real program in Tangled in small: a push on a knot, its runs here and at
 * Buildkite, and what the appview's own client hears of both.
 */

const here = `
when: [{ event: push, branch: "**" }]
engine: local
steps:
  - { name: unit tests, command: "cat tested.txt; echo $TANGLED_REF_NAME" }
  - { name: pack, command: "echo packed >&2" }
`;
const there = `
when: [{ event: push, branch: "**" }]
tack: { buildkite: { pipeline: app } }
`;
const secret = 'a token of the webhook';

describe('the line of a spindle', { timeout: 110_000 }, () => {
  let world: TangledWorld;
  let buildkite: FakeBuildkite;
  let server: TestServer;
  before(async () => {
    world = await createTangledWorld({
      files: {
        '.tangled/workflows/here.yml': here,
        '.tangled/workflows/there.yml': there,
        'tested.txt': 'all of it\n',
      },
    });
    buildkite = await startFakeBuildkite();
    server = await startServer(
      `
version: 1
data: ./data
sources:
  tangled: { hostname: ${hostname}, owner: "${world.owner.did}", plc: "${world.network.url}", dev: true }
providers:
  buildkite:
    api: ${buildkite.api}
    organization: acme
    token: "\${env:BUILDKITE_TOKEN}"
    webhook: { token: "\${env:BUILDKITE_HOOK}" }
    poll: 1s
`,
      { BUILDKITE_TOKEN: buildkite.token, BUILDKITE_HOOK: secret },
    );
    await until(() => world.knot.followers() === 1, 'the knot to be followed');
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await buildkite?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  /** All up to the last status of each of so many workflows. */
  async function heard(events: Conversation<Envelope>, workflows: number): Promise<readonly Envelope[]> {
    const all: Envelope[] = [];
    const over = new Set<unknown>();
    while (over.size < workflows) {
      const [envelope] = await events.take(1);
      if (envelope === undefined) break;
      all.push(envelope);
      if (['success', 'failed', 'timeout', 'cancelled'].includes(String(envelope.event['status'])))
        over.add(envelope.event['workflow']);
    }
    return all;
  }
  const statusesOf = (all: readonly Envelope[], workflow: string) =>
    all.filter(({ event }) => event['workflow'] === workflow).map(({ event }) => event['status']);
  const shape = ({ kind, content, step_id, step_status, step_kind, stream }: LogLine) =>
    kind === 'control'
      ? `${step_status} ${step_id} ${step_kind} ${content}`
      : `${step_id} ${stream} ${content}`;

  test('a push becomes a pipeline, its runs are told in order, and its logs are there for whoever comes late', async () => {
    const { knot, repo, repository } = world;
    buildkite.onBuild = build => {
      build.job('tests').start().print('from buildkite\r\n').end('passed', 0);
      build.change({ state: 'passed', finished_at: new Date().toISOString() });
    };
    await using events = await readEvents(server.publicUrl);
    knot.push(repo, { newSha: repository.sha });
    const all = await heard(events, 2);

    const [pipeline] = all;
    assert.equal(pipeline?.nsid, 'sh.tangled.pipeline');
    assert.deepEqual(statusesOf(all, 'here.yml'), ['pending', 'running', 'success']);
    assert.deepEqual(statusesOf(all, 'there.yml'), ['pending', 'running', 'success']);
    const uri = `at://did:web:${knot.host}/sh.tangled.pipeline/${pipeline.rkey}`;
    for (const { event } of all.slice(1)) assert.equal(event['pipeline'], uri);
    const places = all.map(({ created }) => created);
    assert.deepEqual(
      places,
      [...new Set(places)].sort((a, b) => (a < b ? -1 : 1)),
    );

    // Whoever comes late hears all of it again, and the same; who has a cursor, what is behind it.
    await using late = await readEvents(server.publicUrl, '0');
    assert.deepEqual(await late.take(all.length), all);
    await using behind = await readEvents(server.publicUrl, all.at(-2)?.created);
    assert.deepEqual(await behind.take(1), all.slice(-1));

    await using log = await readLog(server.publicUrl, `${knot.host}/${pipeline.rkey}/here.yml`);
    const lines = await log.rest();
    assert.deepEqual(await log.closed, { code: 1000, reason: 'log stream complete' });
    assert.deepEqual(
      lines.map(shape).filter(line => !/^0 |not isolated/.test(line)),
      [
        'start 0 0 Clone repository into workspace',
        'end 0 0 Clone repository into workspace',
        'start 1 1 unit tests',
        '1 stdout all of it',
        '1 stdout main',
        'end 1 1 unit tests',
        'start 2 1 pack',
        '2 stderr packed',
        'end 2 1 pack',
      ],
    );
    await using theirs = await readLog(server.publicUrl, `${knot.host}/${pipeline.rkey}/there.yml`);
    const said = (await theirs.rest()).map(shape);
    assert.equal(said.filter(line => line.endsWith('from buildkite')).length, 1, said.join('\n'));
    const [order] = buildkite.builds.map(({ order }) => order.meta_data);
    assert.deepEqual(
      [order?.['tack:knot'], order?.['tack:pipeline_rkey'], order?.['tack:workflow']],
      [knot.host, pipeline.rkey, 'there.yml'],
    );
  });

  test('a build whose webhooks are lost is told all the same, and once', async () => {
    const { knot, repo, repository } = world;
    const before = buildkite.builds.length;
    buildkite.onBuild = build => build.job('tests').start().print('half\n');
    await using events = await readEvents(server.publicUrl, '0');
    const told = await heard(events, 2);
    knot.push(repo, { newSha: repository.sha, branch: 'lost' });
    const build = await until(() => buildkite.builds[before] ?? null, 'the build');
    build.change({ state: 'running', started_at: new Date().toISOString() });
    build.jobs[0]?.print('whole\n').end('failed', 3);
    build.change({ state: 'failed', finished_at: new Date().toISOString() });
    const all = await heard(events, 2);
    assert.deepEqual(statusesOf(all, 'there.yml').at(-1), 'failed');
    const failed = all.find(({ event }) => event['status'] === 'failed');
    assert.deepEqual([failed?.event['exitCode'], /tests/.test(String(failed?.event['error']))], [3, true]);
    assert.equal(buildkite.builds.length, before + 1);
    assert.ok(told.length > 0);
  });
});
