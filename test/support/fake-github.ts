import { type FakeForge, Refusal, startFakeForge } from './fake-forge.ts';
import { createFakeHooks, type FakeHooks } from './fake-github-hooks.ts';

/** One commit status as GitHub would have stored it. */
interface RecordedStatus {
  readonly repo: string;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url?: string;
}

export interface FakeGithub extends FakeForge<RecordedStatus> {
  readonly hooks: FakeHooks;
}

/** GitHub's API of statuses and of webhooks: checks the token, records what it is told, fails on demand. */
export async function startFakeGithub({
  token = 'ghs_fakeToken0123456789',
}: {
  readonly token?: string;
} = {}): Promise<FakeGithub> {
  const check = (authorization: string | undefined): void => {
    if (authorization !== `Bearer ${token}`) throw new Refusal(401, 'Bad credentials');
  };
  const hooks = createFakeHooks();
  const forge = await startFakeForge<RecordedStatus>(
    { base: '/api/v3', token },
    ({ path, headers, body }) => {
      check(headers.authorization);
      const [, repo, sha] = /^\/repos\/([^/]+\/[^/]+)\/statuses\/([0-9a-f]{40})$/.exec(path) ?? [];
      if (repo === undefined || sha === undefined) throw new Refusal(404, 'Not Found');
      const told = JSON.parse(body) as Omit<RecordedStatus, 'repo' | 'sha'>;
      if (
        !['pending', 'success', 'failure', 'error'].includes(told.state) ||
        Array.from(told.description).length > 140
      )
        throw new Refusal(422, 'Validation Failed');
      return { repo, sha, ...told };
    },
    ({ path, query, headers }) => {
      check(headers.authorization);
      return hooks.answer(path, query);
    },
  );
  return Object.assign(forge, { hooks });
}
