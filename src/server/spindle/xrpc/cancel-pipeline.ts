import { z } from 'zod';
import type { PipelineStore } from '../../../contracts/pipeline-store.ts';
import { type ControlNeeds, cancelRun } from '../../../engine/control.ts';
import { emptyPage, type Page } from '../page.ts';
import { type Call, pusherOf, reference } from './call.ts';
import { generic } from './method-error.ts';
import { pipelineName } from './pipeline-name.ts';

export interface CancelNeeds extends ControlNeeds {
  readonly store: ControlNeeds['store'] & Pick<PipelineStore, 'pipeline'>;
}

const workflow = z.string().min(1).max(255);
/** In the form of today, and in that of before, which names one workflow. */
const input = z.object({
  repo: reference,
  pipeline: z.string().max(4_096),
  workflows: z.array(workflow).max(100).nullish(),
  workflow: workflow.nullish(),
});

/** `cancelPipeline`: asks for the end of workflows, or of all. What has ended stays as it is. */
export async function cancelPipeline(needs: CancelNeeds, call: Call): Promise<Page> {
  const given = await call.input(input);
  const { repo, did } = await pusherOf(call, given.repo);
  const name = pipelineName(given.pipeline);
  const found = await needs.store.pipeline({ ...name, knot: name.knot ?? repo.knot });
  const pipeline = found?.event.pipeline ?? null;
  if (found === undefined || pipeline === null || !repo.owns(pipeline))
    throw generic('that repository has no such pipeline');
  const names = [...(given.workflows ?? []), ...(given.workflow ? [given.workflow] : [])];
  const unknown = names.find(name => !pipeline.workflows.some(each => each.name === name));
  if (unknown !== undefined) throw generic('the pipeline has no such workflow');
  const runs = found.runs.filter(({ plan, status }) => {
    const isMeant = names.length === 0 || names.includes(plan.workflow?.name ?? '');
    return isMeant && status.state !== 'finished';
  });
  await Promise.all(runs.map(run => cancelRun(needs, run.id, `${did} in Tangled`)));
  return emptyPage;
}
