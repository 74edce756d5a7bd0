import { createHash } from 'node:crypto';
import { jsonPage, type Page } from '../page.ts';
import { type Call, repoOf } from './call.ts';
import { generic, MethodError } from './method-error.ts';

/** Anybody may ask, and each question may fetch from a knot. */
const mostAtATime = 4;
/** What a commit has never changes. */
const mostKept = 1_000;

/** `sh.tangled.ci.describeWorkflowDefinition`: which workflow files a commit has, and whether they are the same as another's. */
export function createDescribeDefinition(): (call: Call) => Promise<Page> {
  const kept = new Map<string, object>();
  let asking = 0;

  async function look(call: Call, repo: string, sha: string, sourceRepo: string | null): Promise<object> {
    if (asking >= mostAtATime)
      throw new MethodError(503, 'Overloaded', 'too many commits are looked at: try again in a moment');
    asking += 1;
    try {
      const files = await repoOf(call, repo).definitions({ sha, sourceRepo }, call.signal);
      const sorted = files.toSorted((a, b) => (a.name < b.name ? -1 : 1));
      const all = JSON.stringify(sorted.map(({ name, text }) => [name, text]));
      const hash = createHash('sha256').update(all).digest('hex');
      return { derived: true, hash, workflows: sorted.map(({ name }) => name) };
    } finally {
      asking -= 1;
    }
  }

  return async call => {
    const repo = call.query.get('repo') ?? '';
    const sha = call.query.get('sha') ?? '';
    const sourceRepo = call.query.get('sourceRepo') || null;
    if (!/^[0-9a-f]{40}$/.test(sha)) throw generic('sha: is no commit id of 40 hex digits');
    // A repository that is not worked for any more is not told of.
    const key = `${repoOf(call, repo).name} ${sourceRepo ?? ''} ${sha}`;
    const known = kept.get(key) ?? (await look(call, repo, sha, sourceRepo));
    kept.set(key, known);
    const [oldest] = kept.keys();
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest);
    return jsonPage(200, known);
  };
}
