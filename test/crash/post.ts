import { githubRequest, push } from '../support/github-payloads.ts';
import { hookSecret } from './rules.ts';

/** A delivery that was answered 2xx. */
export interface Acknowledged {
  readonly deliveryId: string;
  readonly branch: string;
  readonly sha: string;
  readonly body: string;
  readonly event: string;
  readonly runs: readonly string[];
}

/** What became of a delivery: known to be stored, or answered otherwise, or never answered. */
export type Posted =
  | { readonly result: 'acknowledged'; readonly delivery: Acknowledged }
  | { readonly result: 'refused'; readonly status: number }
  | { readonly result: 'silence' };

/** Whoever has no answer by then believes that there will be none. */
const patienceMs = 5_000;

/** Posts one signed push to a server's GitHub door. */
export async function postPush(
  door: string,
  delivery: {
    readonly deliveryId: string;
    readonly branch: string;
    readonly sha: string;
    /** The clone URL. */
    readonly url: string;
  },
): Promise<Posted> {
  const { deliveryId, branch, sha, url } = delivery;
  const payload = push({ name: 'acme/widgets', url, ref: `refs/heads/${branch}`, after: sha });
  const { body, headers } = githubRequest('push', payload, hookSecret, deliveryId);
  try {
    const signal = AbortSignal.timeout(patienceMs);
    const response = await fetch(`${door}/github`, { method: 'POST', body, headers, signal });
    // The status is the answer, even if the server dies while it sends the rest.
    await response.arrayBuffer().catch(() => undefined);
    if (!response.ok) return { result: 'refused', status: response.status };
    const event = response.headers.get('x-signalbox-event') ?? '';
    const runs = response.headers.get('x-signalbox-run')?.split(', ') ?? [];
    return { result: 'acknowledged', delivery: { deliveryId, branch, sha, body, event, runs } };
  } catch {
    return { result: 'silence' }; // nobody there, or no longer there
  }
}
