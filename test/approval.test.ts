import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type FakeGithub, startFakeGithub } from './support/fake-github.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { githubRequest, pullRequest, push } from './support/github-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** What strangers may cause, with the real program: nothing, until somebody approves exactly one commit. */

const secret = 'the secret of the webhook';
const name = 'acme/widgets';

interface RunJson {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly sha: string | null;
  readonly attempts: readonly unknown[];
}

const config = (github: string, scratch: string) => `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}", token: "\${env:GITHUB_TOKEN}", api: "${github}" } }
git: { allowFile: true }
secrets: { DEPLOY_KEY: "\${env:DEPLOY_KEY}" }
rules:
  - name: patches
    on: patch
    run: touch ${scratch}/$SIGNALBOX_SHA && cat answer && echo "key $DEPLOY_KEY"
    secrets: [DEPLOY_KEY]
    isolation: none # what it leaves is looked for
    report: github
  - name: releases
    on: tag
    run: touch ${scratch}/$SIGNALBOX_SHA && cat answer
    trust: approval
`;

describe('approvals, end to end', { timeout: 110_000 }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'signalbox-approval-'));
  let github: FakeGithub;
  let repository: TestRepository;
  let server: TestServer;

  before(async () => {
    github = await startFakeGithub();
    // Whoever makes a commit can say that a member did.
    repository = await createRepository({ answer: 'first\n' });
    server = await startServer(config(github.url, scratch), {
      HOOK_SECRET: secret,
      GITHUB_TOKEN: github.token,
      DEPLOY_KEY: 'a deploy key nobody may see',
    });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await github?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
    rmSync(scratch, { recursive: true, force: true });
  });

  async function deliver(event: string, payload: unknown): Promise<string> {
    const { body, headers } = githubRequest(event, payload, secret);
    const answer = await fetch(`${server.publicUrl}/github`, { method: 'POST', body, headers });
    assert.equal(answer.status, 202);
    return answer.headers.get('x-signalbox-run') ?? '';
  }
  const patch = (number: number, sha: string, changes: Parameters<typeof pullRequest>[0] = {}) =>
    deliver(
      'pull_request',
      pullRequest({
        name,
        url: repository.url,
        number,
        base: 'main',
        head: { ref: 'main', sha },
        fork: 'mallory/widgets',
        association: 'NONE',
        ...changes,
      }),
    );
  const run = (id: string) => server.api<RunJson>(`/api/runs/${id}`);
  const approve = (id: string) => server.api<RunJson>(`/api/runs/${id}/approve`, { method: 'POST' });
  const finished = (id: string) =>
    until(async () => {
      const found = await run(id);
      return found.state === 'finished' ? found : undefined;
    }, `${id} to finish`);
  const hasRun = (sha: string) => existsSync(join(scratch, sha));

  async function log(id: string): Promise<string> {
    const headers = { authorization: `Bearer ${server.token}`, accept: 'text/plain' };
    return (await fetch(`${server.adminUrl}/api/runs/${id}/log`, { headers })).text();
  }

  test('A61: a stranger’s patch waits, which the forge is told; nothing is started and nothing is looked up for it', async () => {
    const sha = await repository.commit({ answer: 'stranger\n' }, { branch: 'one', onto: repository.sha });
    const id = await patch(1, sha);
    const told = await until(
      () => github.statuses.find(status => status.sha === sha),
      'the forge to hear of it',
    );
    assert.equal(told.state, 'pending');
    assert.match(told.description, /^waiting for approval: /);
    const blocked = await run(id);
    assert.deepEqual([blocked.state, blocked.attempts], ['blocked', []]);
    assert.match(blocked.reason ?? '', /comes from the fork mallory\/widgets: waits for approval$/);
    assert.equal(await log(id), '');
    assert.equal(hasRun(sha), false);

    await approve(id);
    assert.deepEqual([(await finished(id)).sha, hasRun(sha)], [sha, true]);
    assert.match(await log(id), /^stranger\nkey \*\*\*$/m);
  });

  test('A62: who the commit says made it, and how its author calls himself, changes nothing', async () => {
    const sha = await repository.commit(
      { answer: 'impostor\n' },
      {
        branch: 'two',
        onto: repository.sha,
        author: 'Codertocat',
        message: 'by Codertocat <octo@github.com>',
      },
    );
    const member = pullRequest({}).pull_request.user?.login ?? '';
    const id = await patch(2, sha, { author: { login: member, id: 666 } });
    assert.equal((await run(id)).state, 'blocked');
    assert.equal(hasRun(sha), false);
  });

  test('A64: what is pushed after an approval was asked for waits for its own; the older one can be approved no more', async () => {
    const first = await repository.commit(
      { answer: 'harmless\n' },
      { branch: 'three', onto: repository.sha },
    );
    const second = await repository.commit({ answer: 'harmful\n' }, { branch: 'three', onto: first });
    const one = await patch(3, first);
    const other = await patch(3, second, { action: 'synchronize' });
    assert.deepEqual([(await run(one)).outcome, (await run(other)).state], ['superseded', 'blocked']);
    await assert.rejects(approve(one), /answered 409/);
    assert.equal(hasRun(first), false);
    await approve(other);
    assert.deepEqual([(await finished(other)).sha, hasRun(first), hasRun(second)], [second, false, true]);
  });

  test('A58: an approval is for one commit: a tag that is moved afterwards does not take another one along', async () => {
    const first = await repository.commit({ answer: 'released\n' }, { branch: 'four', onto: repository.sha });
    const second = await repository.commit({ answer: 'smuggled\n' }, { branch: 'four', onto: first });
    const tag = (sha: string) => repository.git('update-ref', 'refs/tags/v1', sha);
    const release = (after: string) =>
      deliver('push', push({ name, url: repository.url, ref: 'refs/tags/v1', before: null, after }));
    await tag(first);
    const id = await release(first);
    assert.equal((await run(id)).state, 'blocked');
    await tag(second);
    await approve(id);
    const ended = await finished(id);
    assert.deepEqual([ended.outcome, ended.sha, hasRun(second)], ['success', first, false]);
    assert.match(await log(id), /^released$/m);

    const waiting = await release(second);
    await tag(first);
    await repository.git('update-ref', 'refs/heads/four', first);
    await repository.git('gc', '--quiet', '--prune=now');
    await approve(waiting);
    const gone = await finished(waiting);
    assert.deepEqual([gone.outcome, hasRun(second)], ['error', false]);
    assert.match(gone.reason ?? '', /no longer on the remote/);
  });
});
