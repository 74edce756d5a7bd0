import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Doors } from './life.ts';

/** What the checks look at in the admin API's answers. */
export interface RunJson {
  readonly id: string;
  readonly rule: string;
  readonly event: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly attempt: number;
  readonly reason: string | null;
  readonly sha: string | null;
}
export interface EventJson {
  readonly id: string;
  readonly deliveryId: string | null;
  readonly verdicts: readonly { readonly rule: string; readonly runs: readonly string[] }[];
  readonly duplicates: readonly { readonly conflict: boolean }[];
}
export interface LineJson {
  readonly seq: number;
  readonly at: string;
  readonly stream: string;
  readonly text: string;
}

/** A question that no answer came to within this time has been asked of a dead server. */
const patienceMs = 10_000;

/** The admin API of a server. Every call fails when the answer is not 2xx, or does not come. */
export interface AdminApi {
  json<Answer>(path: string): Promise<Answer>;
  /** Every item of a list. */
  all<Item>(path: string): Promise<Item[]>;
  log(run: string): Promise<LineJson[]>;
  /** An answer that goes on for ever. */
  stream(path: string, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
}

export function adminApi(directory: string, doors: Doors): AdminApi {
  const token = readFileSync(join(directory, 'data', 'admin-token'), 'utf8').trim();

  async function get(path: string, accept: string, signal: AbortSignal): Promise<Response> {
    const headers = { authorization: `Bearer ${token}`, accept };
    const response = await fetch(`${doors.admin}${path}`, { headers, signal });
    if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`);
    return response;
  }
  const json = async <Answer>(path: string): Promise<Answer> => {
    const response = await get(path, 'application/json', AbortSignal.timeout(patienceMs));
    return (await response.json()) as Answer;
  };

  return {
    json,
    async all<Item>(path: string) {
      const items: Item[] = [];
      for (let after: string | null = ''; after !== null; ) {
        const page: { items: readonly Item[]; next: string | null } = await json(
          `${path}?limit=200${after === '' ? '' : `&after=${after}`}`,
        );
        items.push(...page.items);
        after = page.next;
      }
      return items;
    },
    async log(run) {
      const path = `/api/runs/${run}/log`;
      const response = await get(path, 'application/x-ndjson', AbortSignal.timeout(patienceMs));
      const lines = (await response.text()).split('\n');
      return lines.filter(line => line !== '').map(line => JSON.parse(line) as LineJson);
    },
    async stream(path, signal) {
      const { body } = await get(path, 'text/event-stream', signal);
      if (body === null) throw new Error(`GET ${path} answered without a body`);
      return body;
    },
  };
}
