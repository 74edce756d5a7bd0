import { type FakeForge, Refusal, startFakeForge } from './fake-forge.ts';

/** One commit status as GitLab would have stored it. */
interface RecordedStatus {
  readonly project: string;
  readonly sha: string;
  readonly state: string;
  readonly name: string;
  readonly description: string;
  readonly target_url?: string;
}

export type FakeGitlab = FakeForge<RecordedStatus>;

/** How far a status has come; it takes only what leads on, and after its end begins anew. */
const steps: Readonly<Record<string, number>> = {
  pending: 1,
  running: 2,
  success: 3,
  failed: 3,
  canceled: 3,
};

/** GitLab's statuses API: checks the token, refuses to go back, records what it is told, fails on demand. */
export async function startFakeGitlab({
  token = 'glpat-fakeToken0123456789',
}: {
  readonly token?: string;
} = {}): Promise<FakeGitlab> {
  return startFakeForge({ base: '/api/v4', token }, ({ path, headers, body }, before) => {
    if (headers['private-token'] !== token) throw new Refusal(401, '401 Unauthorized');
    const [, id, sha] = /^\/projects\/([^/]+)\/statuses\/([0-9a-f]{40})$/.exec(path) ?? [];
    if (id === undefined || sha === undefined) throw new Refusal(404, '404 Project Not Found');
    const told = JSON.parse(body) as Omit<RecordedStatus, 'project' | 'sha'>;
    const step = steps[told.state];
    if (step === undefined) throw new Refusal(400, 'state does not have a valid value');
    const last =
      before.findLast(status => status.sha === sha && status.name === told.name)?.state ?? 'created';
    const at = steps[last] ?? 0;
    if (at < 3 && step <= at)
      throw new Refusal(
        400,
        `Cannot transition status via :${told.state === 'pending' ? 'enqueue' : 'run'} from :${last} (Reason(s): …)`,
      );
    return { project: decodeURIComponent(id), sha, ...told };
  });
}
