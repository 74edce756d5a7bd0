import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { plainIsolation } from './support/command-executor.ts';
import { type FakeGithub, startFakeGithub } from './support/fake-github.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { githubRequest, pullRequest, push } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** The whole line with the real program: GitHub's recorded payloads in, processes, statuses out. */

const secret = 'the first secret of the webhook';
const olderSecret = 'the one before it, still valid';

interface RunJson {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly exitCode: number | null;
  readonly attempt: number;
  readonly reason: string | null;
  readonly sha: string | null;
}
interface EventJson {
  readonly id: string;
  readonly type: string;
  readonly verdicts: readonly {
    readonly rule: string;
    readonly verdict: string;
    readonly reason: string;
    readonly runs: readonly string[];
  }[];
  readonly duplicates: readonly { readonly receivedAt: string; readonly conflict: boolean }[];
}

const config = (github: string, scratch: string) => `
version: 1
data: ./data
sources:
  github:
    secret: ["\${env:HOOK_SECRET}", "\${env:HOOK_SECRET_OLD}"]
    token: "\${env:GITHUB_TOKEN}"
    api: "${github}"
git: { allowFile: true }
limits: { runs: 4, lease: 2s }
secrets: { DEPLOY_KEY: "\${env:DEPLOY_KEY}" }
rules:
  - name: unit
    on: [push, patch]
    branch: [main, "release/*"]
    run: |
      git rev-parse HEAD
      cat answer.txt
      echo "on $SIGNALBOX_BRANCH at $SIGNALBOX_SHA, attempt $SIGNALBOX_ATTEMPT"
      echo "key $DEPLOY_KEY" >&2
    secrets: [DEPLOY_KEY]
    report: [github]
  - name: slow
    on: push
    branch: slow
    run: |
      echo $$ > ${scratch}/pid-$SIGNALBOX_ATTEMPT
      setsid sh -c 'echo $$ > ${scratch}/stray-'$SIGNALBOX_ATTEMPT'; exec sleep 300' &
      test "$SIGNALBOX_ATTEMPT" = 2 || sleep 300
    retry: { lost: 1 }
    report: [github]
  - name: once
    on: push
    branch: once
    exec: [sh, -c, "echo started > ${scratch}/once-$SIGNALBOX_ATTEMPT; sleep 300"]
    retry: { lost: 0 }
  - name: failing
    on: push
    branch: failing
    run: exit 7
    report: [github]
`;

describe('a GitHub push, end to end', { timeout: 110_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'signalbox-walk-'));
  let github: FakeGithub;
  let repository: TestRepository;
  let server: TestServer;

  before(async () => {
    github = await startFakeGithub({ token: 'ghp_walk' });
    repository = await createRepository({ 'answer.txt': 'forty-two\n' });
    server = await startServer(config(github.url, scratch), {
      HOOK_SECRET: secret,
      HOOK_SECRET_OLD: olderSecret,
      GITHUB_TOKEN: 'ghp_walk',
      DEPLOY_KEY: 'a deploy key nobody may see',
    });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await github?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  const pushTo = (branch: string, changes: Partial<Parameters<typeof push>[0]> = {}) =>
    push({
      name: 'acme/widgets',
      url: repository.url,
      ref: `refs/heads/${branch}`,
      after: repository.sha,
      ...changes,
    });

  async function deliver(event: string, payload: unknown, options: { secret?: string; id?: string } = {}) {
    const { body, headers } = githubRequest(event, payload, options.secret ?? secret, options.id);
    const response = await fetch(`${server.publicUrl}/github`, { method: 'POST', body, headers });
    await response.arrayBuffer();
    return {
      status: response.status,
      event: response.headers.get('x-signalbox-event'),
      run: response.headers.get('x-signalbox-run'),
    };
  }
  const run = (id: string | null) => server.api<RunJson>(`/api/runs/${id}`);
  const event = (id: string | null) => server.api<EventJson>(`/api/events/${id}`);
  const finished = (id: string | null) =>
    until(async () => {
      const found = await run(id);
      return found.state === 'finished' ? found : undefined;
    }, `run ${id} to finish`);
  const log = async (id: string | null) => {
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
    return (await fetch(`${server.adminUrl}/api/runs/${id}/log`, { headers })).text();
  };

  test('becomes a green run of exactly that commit, with statuses at GitHub', async () => {
    const answer = await deliver('push', pushTo('main'));
    assert.equal(answer.status, 202);
    const ended = await finished(answer.run);
    const text = await log(answer.run);
    assert.equal(ended.outcome, 'success', text);
    assert.equal(ended.sha, repository.sha);
    assert.match(text, new RegExp(`^${repository.sha}$`, 'm'));
    assert.match(text, /^forty-two$/m);
    assert.match(text, new RegExp(`^on main at ${repository.sha}, attempt 1$`, 'm'));

    const told = await until(() => {
      const states = github.statuses.filter(
        status => status.sha === repository.sha && status.context === 'signalbox/unit',
      );
      return states.at(-1)?.state === 'success' ? states : undefined;
    }, 'the success to be reported');
    assert.ok(told.slice(0, -1).every(status => status.state === 'pending'));
  });

  test('A73: its secrets reach the job, and neither the log nor any file on disk', async () => {
    const answer = await deliver('push', pushTo('main'));
    await finished(answer.run);
    assert.match(await log(answer.run), /^key \*\*\*$/m);
    const data = join(server.directory, 'data');
    for (const entry of readdirSync(data, { recursive: true, withFileTypes: true }))
      if (entry.isFile()) {
        const file = join(entry.parentPath, entry.name);
        assert.ok(!readFileSync(file).includes('a deploy key nobody may see'), `${file} holds the secret`);
      }
    assert.ok(!server.output().includes('a deploy key nobody may see'));
  });

  test('with a wrong signature is refused, and nothing runs', async () => {
    const before = await server.api<{ items: RunJson[] }>('/api/runs');
    const answer = await deliver('push', pushTo('main'), { secret: 'not the secret' });
    assert.deepEqual(answer, { status: 401, event: null, run: null });
    assert.equal((await server.api<{ items: RunJson[] }>('/api/runs')).items.length, before.items.length);
  });

  test('A6: signed with the older of two secrets is accepted, and which one matched is shown', async () => {
    const answer = await deliver('push', pushTo('elsewhere'), { secret: olderSecret });
    assert.equal(answer.status, 202);
    const found = await server.api<{ delivery: { authentication: { secret: string } } }>(
      `/api/events/${answer.event}`,
    );
    assert.equal(found.delivery.authentication.secret, '2 of 2');
  });

  test('to another branch runs nothing and says why not', async () => {
    const answer = await deliver('push', pushTo('feature/x'));
    assert.equal(answer.run, null);
    const unit = (await event(answer.event)).verdicts.find(verdict => verdict.rule === 'unit');
    assert.equal(unit?.verdict, 'not matched');
    assert.equal(unit?.reason, 'branch "feature/x" is none of main, release/*');
  });

  test('delivered twice is one run; the copy is recorded, and can be run anyway', async () => {
    const first = await deliver('push', pushTo('main'), { id: 'the-same' });
    const copy = await deliver('push', pushTo('main'), { id: 'the-same' });
    const other = await deliver('push', pushTo('release/1'), { id: 'the-same' });
    assert.deepEqual([copy.event, other.event], [first.event, first.event]);
    assert.ok([200, 202].includes(copy.status));
    const found = await event(first.event);
    assert.deepEqual(
      found.duplicates.map(copy => copy.conflict),
      [false, true],
    );
    assert.equal((await server.api<{ items: RunJson[] }>(`/api/runs?event=${first.event}`)).items.length, 1);

    await server.api(`/api/events/${first.event}/replay`, { method: 'POST', body: '{}' });
    const again = await server.api<{ items: (EventJson & { replayOf: string })[] }>('/api/events?limit=1');
    assert.equal(again.items[0]?.replayOf, first.event);
  });

  test('a dry run tells the verdicts and leaves nothing behind', async () => {
    const { event: id } = await deliver('push', pushTo('main'));
    const count = async () =>
      (await server.api<{ items: EventJson[] }>('/api/events?limit=200')).items.length;
    const before = await count();
    const dry = await server.api<{ verdicts: EventJson['verdicts'] }>(`/api/events/${id}/replay`, {
      method: 'POST',
      body: JSON.stringify({ dryRun: true }),
    });
    assert.equal(dry.verdicts.find(verdict => verdict.rule === 'unit')?.verdict, 'matched');
    assert.equal(await count(), before);
  });

  test('a failing job is a failure with its exit code, also at GitHub', async () => {
    const { run: id } = await deliver('push', pushTo('failing'));
    const ended = await finished(id);
    assert.deepEqual([ended.outcome, ended.exitCode], ['failure', 7]);
    await until(
      () =>
        github.statuses.some(status => status.context === 'signalbox/failing' && status.state === 'failure'),
      'the failure',
    );
  });

  test('A91: what GitHub does not take is shown with the run, whose outcome does not depend on it', async () => {
    interface Report {
      readonly state: string;
      readonly tries: number;
      readonly error: string | null;
    }
    const reportOf = async (status: number) => {
      github.fault = { status };
      const { run: id } = await deliver('push', pushTo('main'));
      assert.equal((await finished(id)).outcome, 'success');
      return until(async () => {
        const [report] = (await server.api<{ reports: readonly Report[] }>(`/api/runs/${id}`)).reports;
        return report?.error ? report : undefined;
      }, 'the report to fail');
    };
    const refused = await reportOf(404);
    assert.equal(refused.state, 'given up');
    assert.match(refused.error ?? '', /GitHub answered 404: .*"Commit statuses: write" on acme\/widgets/);
    const failed = await reportOf(503);
    assert.deepEqual([failed.state, failed.error], ['waiting', 'GitHub answered 503 (as the test wishes)']);
    github.fault = null;
  });

  test('A57: a commit that is gone from the remote is an error, never another commit', async () => {
    const { run: id } = await deliver('push', pushTo('main', { after: 'd'.repeat(40) }));
    const ended = await finished(id);
    assert.equal(ended.outcome, 'error');
    assert.match(ended.reason ?? '', /no longer on the remote/);
  });

  test('A61: a stranger’s patch waits; approved, it runs its head commit', async context => {
    const payload = pullRequest({
      name: 'acme/widgets',
      url: repository.url,
      base: 'main',
      head: { ref: 'patch-1', sha: repository.sha },
      fork: 'stranger/widgets',
      association: 'NONE',
    });
    const { run: id } = await deliver('pull_request', payload);
    assert.equal((await run(id)).state, 'blocked');
    await server.api(`/api/runs/${id}/approve`, { method: 'POST' });
    const ended = await finished(id);
    // Approved or not, the code stays a stranger's: it is isolated, and does not run where that cannot be.
    const tried = await plainIsolation.tried;
    context.diagnostic(`isolation is ${tried.result} here`);
    if (tried.result === 'usable') {
      assert.equal(ended.outcome, 'success', ended.reason ?? '');
      assert.match(await log(id), /^isolated: own processes/m);
    } else {
      assert.equal(ended.outcome, 'error');
      assert.match(ended.reason ?? '', /^it has to be isolated, and this machine cannot do that/);
    }
  });

  test('a deleted branch has nothing to run', async () => {
    const { status, event: id, run: none } = await deliver('push', pushTo('main', { after: null }));
    assert.deepEqual([status, none], [202, null]);
    assert.match((await event(id)).verdicts[0]?.reason ?? '', /was deleted/);
  });

  test('cancel ends the whole process tree, strays included', async () => {
    const { run: id } = await deliver('push', pushTo('slow'));
    const stray = await until(() => pidIn(join(scratch, 'stray-1')), 'the job to be under way');
    await server.api(`/api/runs/${id}/cancel`, { method: 'POST' });
    assert.equal((await finished(id)).outcome, 'cancelled');
    assert.ok(!isAlive(stray));
    rmSync(join(scratch, 'stray-1'));
  });

  test('A42: killed in mid-run and started again: strays are ended, the run gets its next attempt or is lost, nothing is stuck', async () => {
    const [again, once] = [await deliver('push', pushTo('slow')), await deliver('push', pushTo('once'))];
    const stray = await until(() => pidIn(join(scratch, 'stray-1')), 'the first attempt');
    await until(() => pidIn(join(scratch, 'pid-1')) && readdirSync(scratch).includes('once-1'), 'both jobs');
    assert.equal(await server.end('SIGKILL'), 'SIGKILL');
    await server.start();

    const ended = await finished(again.run);
    assert.deepEqual([ended.outcome, ended.attempt], ['success', 2]);
    assert.equal((await finished(once.run)).outcome, 'lost');
    assert.ok(!readdirSync(scratch).includes('once-2'), 'a run that must not be repeated was');
    assert.ok(!isAlive(stray));
    assert.ok(!isAlive(pidIn(join(scratch, 'stray-2')) ?? 0), 'a background process outlived its run');
    const open = (await server.api<{ items: RunJson[] }>('/api/runs?limit=200')).items.filter(
      run => run.state !== 'finished',
    );
    assert.deepEqual(open, []);
  });

  test('SIGTERM drains: what runs is seen to its end, the exit code is 0', async () => {
    await deliver('push', pushTo('main'));
    assert.equal(await server.end('SIGTERM'), 0);
    await server.start();
    const { items } = await server.api<{ items: RunJson[] }>('/api/runs?limit=1');
    assert.ok(items[0]);
    assert.equal((await finished(items[0].id)).outcome, 'success');
  });
});

function pidIn(file: string): number | undefined {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (pid === 0) return false;
  try {
    // A zombie is dead: it only waits to be counted.
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}
