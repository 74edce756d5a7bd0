import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Api } from '../../client.ts';
import type { CliIo } from '../../io.ts';
import { say } from '../../io.ts';
import { version } from '../../version.ts';
import { feedXml, indexHtml, repositoryHtml } from './report-pages.ts';

/** What reports are made of. */
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
}

const runs = z.object({
  items: z.array(
    z.object({
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
    }),
  ),
});
const events = z.object({
  items: z.array(
    z.object({
      id: z.string(),
      actor: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
      radicle: z.object({ name: z.string(), private: z.boolean() }).optional(),
    }),
  ),
});
const health = z.object({ queue: z.object({ queued: z.int() }).nullable() });

/** Looked at so often; the original wrote about once a second. */
const everyMs = 2_000;
const page = { limit: 200 };

/** Writes the reports of a broker into a directory whenever something has changed, until the signal. */
export async function keepReports(
  io: Pick<CliIo, 'stderr' | 'now'>,
  api: Pick<Api, 'get'>,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  let last = '';
  let told = '';
  while (!signal.aborted) {
    try {
      last = await writeReports(io, api, directory, last);
      told = '';
    } catch (error) {
      const why = `signalbox: the reports in ${directory} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      if (why !== told && !signal.aborted) say(io, why);
      told = why;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Writes them, unless they would say what they said `last`; returns what they say. */
export async function writeReports(
  io: Pick<CliIo, 'now'>,
  api: Pick<Api, 'get'>,
  directory: string,
  last: string = '',
): Promise<string> {
  const facts = await gather(api);
  const now = JSON.stringify(facts);
  if (now !== last) await write(directory, facts, new Date(io.now()).toISOString());
  return now;
}

type Facts = Awaited<ReturnType<typeof gather>>;

/** Of private repositories nothing is told: reports are there to be published. */
async function gather(api: Pick<Api, 'get'>) {
  const about = new Map(
    (await api.get('/api/events', events, page)).value.items.map(event => [event.id, event]),
  );
  const found = (await api.get('/api/runs', runs, page)).value.items;
  const { queue } = (await api.get('/api/health', health)).value;
  const shown = found.flatMap(({ event, adapter, repo, ...run }): readonly ReportedRun[] => {
    const { radicle, actor } = about.get(event) ?? {};
    if (radicle === undefined || radicle.private || repo === null) return [];
    const by = actor?.name ?? actor?.id ?? '';
    const own = { adapterRun: adapter?.runId ?? null, link: adapter?.infoUrl ?? null };
    return [{ ...run, ...own, repo: repo.name, name: radicle.name, actor: by }];
  });
  return { runs: shown, events: about.size, queued: queue?.queued ?? 0 };
}

async function write(directory: string, { runs, events, queued }: Facts, at: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const [latest] = runs;
  const status = {
    timestamp: at,
    broker_event_counter: events,
    ci_broker_version: version,
    ci_broker_git_commit: 'signalbox',
    latest_broker_event: latest?.queuedAt ?? null,
    latest_ci_run: latest ?? null,
    event_queue_length: queued,
  };
  const files: Readonly<Record<string, string>> = {
    'status.json': `${JSON.stringify(status, null, 2)}\n`,
    'index.html': indexHtml(runs, queued, at),
    'index.rss': feedXml(runs, at),
    ...Object.fromEntries(
      [...Map.groupBy(runs, run => run.repo)].map(([repo, own]) => [
        `${repo.replace(/^rad:/, '')}.html`,
        repositoryHtml(repo, own),
      ]),
    ),
  };
  for (const [name, text] of Object.entries(files)) {
    const draft = join(directory, `.${name}.new`);
    await writeFile(draft, text, { mode: 0o644 });
    await rename(draft, join(directory, name));
  }
}
