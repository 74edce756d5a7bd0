import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Run } from '../src/domain/run.ts';
import { openSqliteStore } from '../src/store/sqlite/store.ts';
import { admitRun } from './crash/admit-run.ts';
import { startFakeGithub } from './support/fake-github.ts';
import { createRepository } from './support/git-repository.ts';
import { githubRequest, push } from './support/github-payloads.ts';
import { startServer, until } from './support/server.ts';

const secret = 'the secret of the webhook';
const hourMs = 3_600_000;

test('A22: where the clock was set back between two lives of a server, what is new still comes after what was, and is told', {
  timeout: 60_000,
}, async t => {
  await using github = await startFakeGithub();
  await using repository = await createRepository();
  await using server = await startServer(
    `
version: 1
data: ./data
sources: { github: { secret: "\${env:HOOK_SECRET}", token: "\${env:GITHUB_TOKEN}", api: "${github.url}" } }
git: { allowFile: true }
rules:
  - { name: unit, on: push, run: "true", report: github }
`,
    { HOOK_SECRET: secret, GITHUB_TOKEN: github.token },
  );
  await server.end('SIGTERM');
  const earlier = await anHourAhead();
  await server.start();

  // The same rule, commit and repository: the same status.
  const { repo, revision } = earlier.plan;
  const after = revision?.sha ?? null;
  const payload = push({ name: repo?.name ?? '', url: repository.url, ref: 'refs/heads/main', after });
  const { body, headers } = githubRequest('push', payload, secret);
  const answer = await fetch(`${server.publicUrl}/github`, { method: 'POST', body, headers });
  const run = answer.headers.get('x-signalbox-run') ?? '';
  await until(async () => {
    const { state, reports } = await server.api<RunJson>(`/api/runs/${run}`);
    return state === 'finished' && reports[0]?.state === 'sent';
  }, 'its end to be told');
  const { items } = await server.api<{ items: readonly RunJson[] }>('/api/runs');
  assert.deepEqual(
    items.map(({ id }) => id),
    [run, earlier.id],
  );

  /** What the server would have stored while the machine's clock was wrong. */
  async function anHourAhead(): Promise<Run> {
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + hourMs });
    await using store = await openSqliteStore({ directory: join(server.directory, 'data') });
    const run = await admitRun(store, { report: ['github'] });
    await store.amend(run.id, { kind: 'cancelled', by: 'me', at: Date.now() });
    t.mock.timers.reset();
    return run;
  }
});

interface RunJson {
  readonly id: string;
  readonly state: string;
  readonly reports: readonly { readonly state: string }[];
}
