import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Api } from '../../client.ts';
import { createLedger, readPage } from './ledger.ts';

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

/** Reads what reports tell. */
export interface FactReader {
  /** What can be seen at a glance: as long as this is the same, so is all the rest. */
  glance(): Promise<string>;
  /** All that reports tell. Of private repositories that is nothing: reports are there to be published. */
  gather(): Promise<Facts>;
}

/** It keeps what it has read, so that reading again is quick. */
export function createFactReader(api: Pick<Api, 'get'>): FactReader {
  const runs = createLedger(api, '/api/runs', run, ({ state }) => state === 'finished');
  const events = createLedger(api, '/api/events', event, () => true);
  let others: ReadonlyMap<string, ReportedEvent> = new Map();

  return {
    async glance() {
      const [{ items: latestRuns }, { items: latestEvents }, queue] = await Promise.all([
        readPage(api, '/api/runs', run, null),
        readPage(api, '/api/events', event, null),
        api.get('/api/health', health),
      ]);
      return JSON.stringify([latestRuns, latestEvents, queue.value]);
    },
    async gather() {
      const [allRuns, allEvents] = await Promise.all([runs.look(), events.look()]);
      const about = await eventsOf(allRuns, allEvents);
      const hidden = hiddenIn(allEvents);
      const isShown = ({ repo, radicle }: ReportedEvent): boolean =>
        radicle !== undefined && !radicle.private && !hidden.has(repo?.name ?? '');
      const { queue } = (await api.get('/api/health', health)).value;
      return {
        runs: allRuns.flatMap(({ event: id, adapter, repo, ...rest }): readonly ReportedRun[] => {
          const event = about.get(id);
          if (event?.radicle === undefined || repo === null || !isShown(event)) return [];
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
        events: allEvents.filter(isShown),
        queued: queue?.queued ?? 0,
      };
    },
  };

  /** The event of each run, however many others have come since. */
  async function eventsOf(
    allRuns: readonly z.infer<typeof run>[],
    allEvents: readonly ReportedEvent[],
  ): Promise<ReadonlyMap<string, ReportedEvent>> {
    const about = new Map(allEvents.map(each => [each.id, each]));
    const older = new Map<string, ReportedEvent>();
    for (const id of new Set(allRuns.map(run => run.event))) {
      if (about.has(id)) continue;
      const found = others.get(id) ?? (await eventWith(id));
      if (found !== null) older.set(id, found);
    }
    others = older;
    return new Map([...older, ...about]);
  }

  /** Null: it is not kept any more. */
  async function eventWith(id: string): Promise<ReportedEvent | null> {
    try {
      return (await api.get(`/api/events/${encodeURIComponent(id)}`, event)).value;
    } catch (error) {
      if (SignalboxError.from(error).code === 'not_found') return null;
      throw error;
    }
  }
}

/** What has been public once may be private now: the newest event of a repository says. */
function hiddenIn(events: readonly ReportedEvent[]): ReadonlySet<string> {
  const newest = new Map(events.toReversed().map(({ repo, radicle }) => [repo?.name ?? '', radicle]));
  return new Set([...newest].flatMap(([name, radicle]) => (radicle?.private === true ? [name] : [])));
}
