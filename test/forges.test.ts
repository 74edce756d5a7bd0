import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { plainIsolation } from './support/command-executor.ts';
import { type FakeGitea, startFakeGitea } from './support/fake-gitea.ts';
import { type FakeGitlab, startFakeGitlab } from './support/fake-gitlab.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import * as gitea from './support/gitea-payloads.ts';
import * as gitlab from './support/gitlab-payloads.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** GitLab and Gitea with the real program: documented payloads in, processes, statuses out. */

const webhookToken = 'the secret token of the GitLab webhook';
const signingKey = Buffer.from('the signing token of another one').toString('base64');
const signingToken = `whsec_${signingKey}`;
const giteaSecret = 'the secret of the Gitea webhook';

interface RunJson {
  readonly state: string;
  readonly outcome: string | null;
  readonly sha: string | null;
  readonly reason: string | null;
}
interface EventJson {
  readonly type: string;
  readonly action: string;
  readonly note?: string;
  readonly verdicts: readonly { readonly verdict: string; readonly reason: string }[];
  readonly delivery: {
    readonly headers: readonly (readonly [string, string])[];
    readonly authentication: { readonly by: string; readonly secret: string };
  };
}
interface Answer {
  readonly status: number;
  readonly event: string | null;
  readonly run: string | null;
}

const config = (gitlabApi: string, giteaApi: string) => `
version: 1
data: ./data
sources:
  gitlab:
    token: "\${env:GITLAB_WEBHOOK_TOKEN}"
    secret: "\${env:GITLAB_WEBHOOK_SECRET}"
    apiToken: "\${env:GITLAB_TOKEN}"
    api: "${gitlabApi}"
  gitea: { secret: "\${env:GITEA_WEBHOOK_SECRET}", token: "\${env:GITEA_TOKEN}", api: "${giteaApi}" }
git: { allowFile: true }
limits: { runs: 2 }
rules:
  - name: on-gitlab
    on: [push, patch, tag]
    repo: acme/tools/*
    run: git rev-parse HEAD && cat answer.txt
    report: gitlab
  - name: on-gitea
    on: [push, patch, tag]
    repo: acme/widgets
    run: git rev-parse HEAD && cat answer.txt
    report: gitea
`;

describe('GitLab and Gitea, end to end', { timeout: 110_000 }, () => {
  let fakeGitlab: FakeGitlab;
  let fakeGitea: FakeGitea;
  let repository: TestRepository;
  let server: TestServer;

  before(async () => {
    fakeGitlab = await startFakeGitlab();
    fakeGitea = await startFakeGitea();
    repository = await createRepository({ 'answer.txt': 'forty-two\n' });
    server = await startServer(config(fakeGitlab.url, fakeGitea.url), {
      GITLAB_WEBHOOK_TOKEN: webhookToken,
      GITLAB_WEBHOOK_SECRET: signingToken,
      GITLAB_TOKEN: fakeGitlab.token,
      GITEA_WEBHOOK_SECRET: giteaSecret,
      GITEA_TOKEN: fakeGitea.token,
    });
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await fakeGitlab?.[Symbol.asyncDispose]();
    await fakeGitea?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
  });

  async function post(
    path: string,
    { body, headers }: { readonly body: string; readonly headers: Record<string, string> },
  ): Promise<Answer> {
    const response = await fetch(`${server.publicUrl}${path}`, { method: 'POST', body, headers });
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
  const eventCount = async () =>
    (await server.api<{ items: unknown[] }>('/api/events?limit=200')).items.length;

  /** One forge as the tests below need it. */
  interface Line {
    /** The documented payloads, pointed at the test's repository. */
    push(to: { readonly ref?: string; readonly before?: null; readonly after?: null }): Promise<Answer>;
    patch(to: { readonly fork?: string }): Promise<Answer>;
    idle(): Promise<Answer>;
    unproven(): Promise<Answer>;
    again(id: string): Promise<Answer>;
    /** The states that it was told about a rule's runs of the commit, in order. */
    states(): readonly string[];
  }

  const lines: Readonly<Record<string, Line>> = {
    gitlab: {
      push: to => post('/gitlab', gitlab.gitlabRequest(gitlab.push(at(to)), { token: webhookToken })),
      patch: to => {
        const payload = gitlab.mergeRequest({
          name: 'acme/tools/widgets',
          url: repository.url,
          source: { branch: 'lamps', sha: repository.sha },
          ...to,
        });
        return post('/gitlab', gitlab.gitlabRequest(payload, { token: webhookToken }));
      },
      idle: () => post('/gitlab', gitlab.gitlabRequest(gitlab.fixture('pipeline'), { token: webhookToken })),
      unproven: () =>
        post('/gitlab', gitlab.gitlabRequest(gitlab.push(at({})), { token: `${webhookToken}?` })),
      again: id =>
        post('/gitlab', gitlab.gitlabRequest(gitlab.push(at({})), { token: webhookToken }, { id })),
      states: () =>
        fakeGitlab.statuses
          .filter(
            ({ project, sha, name }) =>
              [project, sha, name].join() === `acme/tools/widgets,${repository.sha},signalbox/on-gitlab`,
          )
          .map(({ state }) => state),
    },
    gitea: {
      push: to => post('/gitea', gitea.giteaRequest('push', gitea.push(at(to, 'acme/widgets')), giteaSecret)),
      patch: to => {
        const payload = gitea.pullRequest({
          name: 'acme/widgets',
          url: repository.url,
          head: { label: 'lamps', ref: 'lamps', sha: repository.sha },
          ...to,
        });
        return post('/gitea', gitea.giteaRequest('pull_request', payload, giteaSecret));
      },
      idle: () => post('/gitea', gitea.giteaRequest('issues', gitea.fixture('issues'), giteaSecret)),
      unproven: () =>
        post('/gitea', gitea.giteaRequest('push', gitea.push(at({}, 'acme/widgets')), `${giteaSecret}?`)),
      again: id =>
        post('/gitea', gitea.giteaRequest('push', gitea.push(at({}, 'acme/widgets')), giteaSecret, id)),
      states: () =>
        fakeGitea.statuses
          .filter(
            ({ repo, sha, context }) =>
              [repo, sha, context].join() === `acme/widgets,${repository.sha},signalbox/on-gitea`,
          )
          .map(({ state }) => state),
    },
  };

  function at<To extends object>(to: To, name = 'acme/tools/widgets') {
    return { name, url: repository.url, after: repository.sha, ...to };
  }

  for (const [name, line] of Object.entries(lines))
    describe(name, () => {
      test('a push becomes a green run of exactly that commit, with statuses at the forge', async () => {
        const answer = await line.push({});
        assert.equal(answer.status, 202);
        const ended = await finished(answer.run);
        assert.deepEqual([ended.outcome, ended.sha], ['success', repository.sha], ended.reason ?? '');
        const told = await until(
          () => (line.states().at(-1) === 'success' ? line.states() : undefined),
          'the success to be reported',
        );
        assert.ok(
          told.slice(0, -1).every(state => state === 'pending' || state === 'running'),
          told.join(),
        );
      });

      test('a patch from a fork waits; approved, it runs its head commit', async () => {
        const { status, run: id } = await line.patch({ fork: 'stranger/widgets' });
        assert.equal(status, 202);
        const waiting = await run(id);
        assert.equal(waiting.state, 'blocked');
        assert.match(waiting.reason ?? '', /comes from the fork stranger\/widgets/);
        await server.api(`/api/runs/${id}/approve`, { method: 'POST' });
        const ended = await finished(id);
        // The code stays a stranger's: where it cannot be isolated, it does not run.
        const expected = (await plainIsolation.tried).result === 'usable' ? 'success' : 'error';
        assert.deepEqual([ended.outcome, ended.sha], [expected, repository.sha], ended.reason ?? '');
      });

      test('a patch from a branch of the repository itself runs at once', async () => {
        const { run: id } = await line.patch({});
        assert.equal((await finished(id)).outcome, 'success');
      });

      test('a new tag runs, a deleted branch has nothing to run', async () => {
        const tag = await line.push({ ref: 'refs/tags/v1.4.0', before: null });
        assert.equal((await event(tag.event)).type, 'tag');
        assert.equal((await finished(tag.run)).outcome, 'success');

        const deletion = await line.push({ after: null });
        assert.deepEqual([deletion.status, deletion.run], [202, null]);
        const deleted = await event(deletion.event);
        assert.equal(deleted.action, 'deleted');
        assert.ok(deleted.verdicts.some(({ reason }) => reason.includes('was deleted')));
      });

      test('what asks for nothing is kept with a note', async () => {
        const { status, event: id, run: none } = await line.idle();
        assert.deepEqual([status, none], [202, null]);
        const kept = await event(id);
        assert.equal(kept.type, 'other');
        assert.match(kept.note ?? '', /asks for nothing/);
      });

      test('without the right proof it is 401, and no event', async () => {
        const before = await eventCount();
        assert.deepEqual(await line.unproven(), { status: 401, event: null, run: null });
        assert.equal(await eventCount(), before);
      });

      test('sent again it is the same event', async () => {
        const first = await line.again(`${name}-the-same`);
        const copy = await line.again(`${name}-the-same`);
        assert.deepEqual([copy.status, copy.event], [200, first.event]);
        await finished(first.run);
      });
    });

  test('a signed GitLab webhook is accepted while it is fresh', async () => {
    const payload = gitlab.push(at({}));
    const fresh = gitlab.gitlabRequest(payload, { secret: signingToken }, { at: Date.now() });
    const answer = await post('/gitlab', fresh);
    assert.equal(answer.status, 202);
    const { by } = (await event(answer.event)).delivery.authentication;
    assert.equal(by, 'webhook-signature');
    await finished(answer.run);
    const old = gitlab.gitlabRequest(payload, { secret: signingToken }, { at: Date.now() - 3_600_000 });
    assert.equal((await post('/gitlab', old)).status, 401);
  });

  test('what GitLab proves itself with is shown to nobody, and stands in no file', async () => {
    const answer = await lines['gitlab']?.idle();
    const headers = new Map((await event(answer?.event ?? null)).delivery.headers);
    assert.equal(headers.get('x-gitlab-token'), '***');
    assert.ok(headers.has('x-gitlab-event-uuid'));

    // Until then, records of refusals may still be on their way to the disk.
    assert.equal(await server.end('SIGTERM'), 0);
    const secrets = [webhookToken, signingKey, giteaSecret, fakeGitlab.token, fakeGitea.token];
    const data = join(server.directory, 'data');
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());
    assert.ok(files.length > 2, `looked at too little: ${files.length}`);
    for (const entry of files) {
      const file = join(entry.parentPath, entry.name);
      const bytes = readFileSync(file);
      for (const secret of secrets) assert.ok(!bytes.includes(secret), `${file} holds a secret`);
    }
    for (const secret of secrets) assert.ok(!server.output().includes(secret), 'a secret was printed');
  });
});
