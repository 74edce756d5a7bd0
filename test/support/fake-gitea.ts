import { type FakeForge, Refusal, startFakeForge } from './fake-forge.ts';

/** One commit status as Gitea would have stored it. */
interface RecordedStatus {
  readonly repo: string;
  readonly sha: string;
  readonly state: string;
  readonly context: string;
  readonly description: string;
  readonly target_url?: string;
}

export type FakeGitea = FakeForge<RecordedStatus>;

/** Gitea's statuses API: checks the token, records what it is told, fails on demand. */
export async function startFakeGitea({
  token = 'f4ke0a1b2c3d4e5f60718293a4b5c6d7e8f90a1b',
}: {
  readonly token?: string;
} = {}): Promise<FakeGitea> {
  return startFakeForge({ base: '/api/v1', token }, ({ path, headers, body }) => {
    if (headers.authorization !== `token ${token}`)
      throw new Refusal(401, 'invalid username, password or token');
    const [, repo, sha] = /^\/repos\/([^/]+\/[^/]+)\/statuses\/([0-9a-f]{40})$/.exec(path) ?? [];
    if (repo === undefined || sha === undefined) throw new Refusal(404, 'Not Found');
    const told = JSON.parse(body) as Omit<RecordedStatus, 'repo' | 'sha'>;
    if (!['pending', 'success', 'error', 'failure', 'warning'].includes(told.state))
      throw new Refusal(422, 'unknown state');
    return { repo, sha, ...told };
  });
}
