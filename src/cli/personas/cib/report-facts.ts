import { z } from 'zod';
import type { Paged } from '../../../contracts/store.ts';
import { paged } from '../../../server/json/paged.ts';
import type { Api } from '../../client.ts';

/** What reports tell of a run. */
export interface ReportedRun {
  readonly id: string;
  readonly rule: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly reason: string | null;
  readonly ref: string | null;
  readonly sha: string | null;
  readonly queuedAt: string;
  readonly repo: string;
  readonly name: string;
  readonly actor: string;
  readonly adapterRun: string | null;
  readonly link: string | null;
  readonly event: ReportedEvent;
}

/** What came in, as far as reports tell it. */
export interface ReportedEvent {
  readonly id: string;
  readonly type: string;
  readonly action: string | null;
  readonly branch: string | null;
  readonly before: string | null;
  readonly after: string | null;
  readonly repo: { readonly name: string } | null;
  readonly actor: { readonly id: string | null; readonly name: string | null };
  readonly patch?: { readonly number: string } | undefined;
  readonly radicle?:
    | { readonly namespace: string | null; readonly name: string; readonly private: boolean }
    | undefined;
}

export interface Facts {
  /** Newest first, as are the events. */
  readonly runs: readonly ReportedRun[];
  readonly events: readonly ReportedEvent[];
  readonly queued: number;
}

const run = z.object({
  id: z.string(),
  event: z.string(),
  rule: z.string(),
  state: z.string(),
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  ref: z.string().nullable(),
  sha: z.string().nullable(),
  queuedAt: z.string(),
  repo: z.object({ name: z.string() }).nullable(),
  adapter: z.object({ runId: z.string(), infoUrl: z.string().nullable() }).nullable(),
});
const event: z.ZodType<ReportedEvent> = z.object({
  id: z.string(),
  type: z.string(),
  action: z.string().nullable(),
  branch: z.string().nullable(),
  before: z.string().nullable(),
  after: z.string().nullable(),
  repo: z.object({ name: z.string() }).nullable(),
  actor: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
  patch: z.object({ number: z.string() }).optional(),
  radicle: z.object({ namespace: z.string().nullable(), name: z.string(), private: z.boolean() }).optional(),
});
const health = z.object({ queue: z.object({ queued: z.int() }).nullable() });

type Reader = Pick<Api, 'get'>;

/** The most that the API gives at once; of older ones people look at the page of the admin door. */
const perPage = 200;
const mostPages = 10;

/** What can be seen at a glance: as long as this is the same, so is all the rest. */
export async function glance(api: Reader): Promise<string> {
  const [{ items: runs }, { items: events }, queue] = await Promise.all([
    page(api, '/api/runs', run, null),
    page(api, '/api/events', event, null),
    api.get('/api/health', health),
  ]);
  return JSON.stringify([runs, events, queue.value]);
}

/** All that reports tell. Of private repositories that is nothing: reports are there to be published. */
export async function gather(api: Reader): Promise<Facts> {
  const [runs, events] = await Promise.all([all(api, '/api/runs', run), all(api, '/api/events', event)]);
  const isPublic = ({ radicle }: ReportedEvent): boolean => radicle !== undefined && !radicle.private;
  const about = new Map(events.filter(isPublic).map(each => [each.id, each]));
  const { queue } = (await api.get('/api/health', health)).value;
  return {
    runs: runs.flatMap(({ event: id, adapter, repo, ...rest }): readonly ReportedRun[] => {
      const event = about.get(id);
      if (event?.radicle === undefined || repo === null) return [];
      const { actor, radicle } = event;
      return [
        {
          ...rest,
          event,
          repo: repo.name,
          name: radicle.name,
          actor: actor.name ?? actor.id ?? '',
          adapterRun: adapter?.runId ?? null,
          link: adapter?.infoUrl ?? null,
        },
      ];
    }),
    events: [...about.values()],
    queued: queue?.queued ?? 0,
  };
}

async function all<Item>(api: Reader, path: string, item: z.ZodType<Item>): Promise<readonly Item[]> {
  let { items, next } = await page(api, path, item, null);
  for (let n = 1; n < mostPages && next !== null; n += 1) {
    const more = await page(api, path, item, next);
    items = [...items, ...more.items];
    next = more.next;
  }
  return items;
}

async function page<Item>(
  api: Reader,
  path: string,
  item: z.ZodType<Item>,
  after: string | null,
): Promise<Paged<Item>> {
  return (await api.get(path, paged(item), { limit: perPage, after: after ?? undefined })).value;
}
