import { z } from 'zod';
import type { PipelineStore } from '../../../contracts/pipeline-store.ts';
import type { PipelineTrigger } from '../../../domain/pipeline.ts';
import { jsonPage, type Page } from '../page.ts';
import type { Call } from './call.ts';
import { generic, MethodError } from './method-error.ts';
import { pipelineName } from './pipeline-name.ts';
import { pipelineView } from './pipeline-view.ts';

export interface ReadPipelinesNeeds {
  readonly store: Pick<PipelineStore, 'pipeline' | 'pipelines'>;
}

const usualLimit = 50;
const mostLimit = 250;
/** Of commits: a page of them. */
const mostCommits = 250;

const kinds: Readonly<Record<string, PipelineTrigger['kind']>> = {
  push: 'push',
  manual: 'manual',
  pull_request: 'pull_request',
  pullRequest: 'pull_request',
};

const query = z.object({
  repo: z.string({ error: 'is missing' }).regex(/^(?:at:\/\/)?did:\S{1,4096}$/, {
    error: 'is neither a DID nor an at-uri',
  }),
  commits: z.array(z.string().max(64)).max(mostCommits, { error: `are more than ${mostCommits}` }),
  kinds: z.array(z.string().max(64)).max(mostCommits),
  limit: z.coerce.number().int().min(1).max(mostLimit).prefault(usualLimit),
  cursor: z.string().max(256).optional(),
});

/** `sh.tangled.ci.queryPipelines`: a page of a repository's pipelines, newest first. */
export async function queryPipelines({ store }: ReadPipelinesNeeds, call: Call): Promise<Page> {
  const given = call.query;
  const read = query.safeParse({
    repo: given.get('repo') ?? undefined,
    commits: given.getAll('commits'),
    kinds: given.getAll('kinds'),
    limit: given.get('limit') ?? undefined,
    cursor: given.get('cursor') ?? undefined,
  });
  if (!read.success) {
    const [issue] = read.error.issues;
    throw generic(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const { repo, commits, limit, cursor } = read.data;
  const filter = {
    // What a repository has had here is told also when it has chosen another spindle.
    repo: call.calls.repo(repo)?.name ?? repo,
    commits: commits.length === 0 ? null : commits,
    kinds: read.data.kinds.length === 0 ? null : read.data.kinds.flatMap(kind => kinds[kind] ?? []),
  };
  const { items, next, total } = await store.pipelines(filter, { limit, after: cursor || null });
  return jsonPage(200, {
    total,
    pipelines: items.flatMap(item => pipelineView(item) ?? []),
    ...(next === null ? {} : { cursor: next }),
  });
}

/** `sh.tangled.ci.getPipeline`. */
export async function getPipeline({ store }: ReadPipelinesNeeds, call: Call): Promise<Page> {
  const found = await store.pipeline(pipelineName(call.query.get('pipeline')));
  const view = found && pipelineView(found);
  if (view === undefined) throw new MethodError(404, 'PipelineNotFound', 'there is no such pipeline');
  return jsonPage(200, view);
}
