import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startServer, type TestServer, until } from './support/server.ts';
import { createTangledWorld, hostname, type TangledWorld, workflow } from './support/tangled/world.ts';

/** A spindle, the real program, in Tangled in small. */

interface RunJson {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly reason: string | null;
}
interface EventJson {
  readonly id: string;
  readonly type: string;
  readonly branch: string | null;
  readonly verdicts: readonly {
    readonly rule: string;
    readonly verdict: string;
    readonly reason: string;
    readonly runs: readonly string[];
  }[];
}

describe('a spindle', { timeout: 110_000 }, () => {
  let world: TangledWorld;
  let server: TestServer;
  before(async () => {
    world = await createTangledWorld({
      files: {
        '.tangled/workflows/ci.yml': workflow,
        '.tangled/workflows/release.yml':
          'when: [{ event: push, tag: "v*" }]\nsteps: [{ name: release, command: "echo released" }]\n',
      },
    });
    server = await startServer(`
version: 1
data: ./data
sources:
  tangled:
    hostname: ${hostname}
    owner: "${world.owner.did}"
    plc: "${world.network.url}"
    dev: true
rules:
  - { name: lint, on: pipeline, branch: main, run: "test -f .tangled/workflows/ci.yml" }
`);
    await until(() => world.knot.followers() === 1, 'the knot of the repository to be followed');
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
  });

  const events = async () => (await server.api<{ items: readonly EventJson[] }>('/api/events')).items;
  const next = (count: number) =>
    until(async () => {
      const all = await events();
      return all.length === count ? all[0] : null;
    }, `event ${count}`);
  const finished = (id: string) =>
    until(async () => {
      const run = await server.api<RunJson>(`/api/runs/${id}`);
      return run.state === 'finished' ? run : null;
    }, 'the run to end');

  test('makes a run of each workflow that answers to a push, and of each rule', async () => {
    const { knot, repo, repository } = world;
    knot.push(repo, { newSha: repository.sha });
    const event = await next(1);
    assert.equal(event.type, 'pipeline');
    const runs = await Promise.all(event.verdicts.flatMap(({ runs }) => runs).map(finished));
    assert.deepEqual(
      runs.map(({ rule, outcome }) => [rule, outcome]),
      [
        ['lint', 'success'],
        ['tangled', 'success'],
      ],
      JSON.stringify(runs),
    );
  });

  test('runs what an older knot has compiled, and says what it cannot', async () => {
    const { knot, repo, repository } = world;
    const odd = workflow.replace('engine: local', 'engine: quantum');
    knot.pipeline(repo, { newSha: repository.sha, branch: 'older' }, [
      { name: 'ci.yml', engine: 'local', clone: { skip: false, depth: 0, submodules: false }, raw: workflow },
      null,
      { name: 'odd.yml', engine: 'quantum', raw: odd },
    ]);
    const event = await next(2);
    const runs = await Promise.all(event.verdicts.flatMap(({ runs }) => runs).map(finished));
    assert.deepEqual(
      runs.map(({ outcome, reason }) => [outcome, reason]),
      [
        ['success', null],
        ['error', 'unknown engine "quantum"'],
      ],
    );
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
    const log = await fetch(`${server.adminUrl}/api/runs/${runs[0]?.id}/log`, { headers });
    assert.match(await log.text(), /^tested$/m);
  });

  test('takes a push once, however often and in whichever way it is told', async () => {
    const { knot, repo, repository } = world;
    const pushed = { newSha: repository.sha, branch: 'twice' };
    const workflows = [{ name: 'ci.yml', engine: 'local', raw: workflow }];
    knot.pipeline(repo, pushed, workflows);
    knot.push(repo, pushed);
    knot.push(repo, { ...pushed, branch: 'last' });
    const [last, twice] = await until(async () => {
      const all = await events();
      return all[0]?.branch === 'last' ? all : null;
    }, 'the last push');
    assert.deepEqual([last?.branch, twice?.branch], ['last', 'twice']);
    assert.equal((await events()).length, 4);
    assert.equal(twice?.verdicts.flatMap(({ runs }) => runs).length, 1);
  });

  test('loses nothing, and runs nothing twice, when it is killed', async () => {
    const { knot, repo, repository } = world;
    const before = await events();
    assert.equal(await server.end('SIGKILL'), 'SIGKILL');
    knot.push(repo, { newSha: repository.sha, branch: 'meanwhile' });
    await server.start();
    const event = await next(before.length + 1);
    assert.equal(event.branch, 'meanwhile');
    knot.drop();
    await until(() => knot.followers() === 1, 'the knot to be followed again');
    knot.push(repo, { newSha: repository.sha, branch: 'afterwards' });
    assert.equal((await next(before.length + 2)).branch, 'afterwards');
    assert.deepEqual(
      (await events()).slice(2).map(({ id }) => id),
      before.map(({ id }) => id),
    );
  });

  test('takes a token once, also when it was killed in between', async () => {
    const { member, repo } = world;
    const lxm = 'sh.tangled.repo.listSecrets';
    const token = await member.token({ aud: `did:web:${hostname}`, lxm });
    const call = async () => {
      const url = `${server.publicUrl}/xrpc/${lxm}?repo=${repo.repoDid}`;
      const answer = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
      return [answer.status, await answer.text()];
    };
    assert.equal((await call())[0], 200);
    assert.equal(await server.end('SIGKILL'), 'SIGKILL');
    await server.start();
    const [status, text] = await call();
    assert.equal(status, 403);
    assert.match(String(text), /it has been used before/);
    await until(() => world.knot.followers() === 1, 'the knot to be followed again');
  });

  test('explains why nothing runs', async () => {
    const { knot, repo, repository } = world;
    const bare = await repository.commit({ a: 'a' }, { branch: 'bare', onto: null });
    const tag = { newSha: repository.sha, ref: 'refs/tags/x1' };
    const gone = { newSha: 'a'.repeat(40), branch: 'gone' };
    for (const [pushed, word, reason] of [
      [tag, 'not matched', /^none of 2 workflows answers$/],
      [{ newSha: bare, branch: 'bare' }, 'not matched', /^there are no files in \.tangled\/workflows at/],
      [gone, 'error', /could not be read: commit a+ is no longer on the remote/],
    ] as const) {
      const before = (await events()).length;
      knot.push(repo, pushed);
      const { verdicts } = await next(before + 1);
      const verdict = verdicts.find(({ rule }) => rule === 'tangled');
      assert.equal(verdict?.verdict, word);
      assert.match(verdict.reason, reason);
      assert.deepEqual(verdict.runs, []);
    }
  });
});
