import type { Clock } from '../../contracts/clock.ts';
import type { NewEvent } from '../../domain/event.ts';
import type { PipelineFacts } from '../../domain/pipeline.ts';
import { houseRepo } from './network/repo.ts';
import { type PipelineNeeds, type PipelineTold, pipelineEvent } from './pipeline-event.ts';
import { compileWorkflows } from './workflow/compile.ts';
import { type ReadFolder, readWorkflowFiles, type WorkflowFiles } from './workflow-files.ts';

export interface OwnPipelineNeeds extends PipelineNeeds {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly readFolder: ReadFolder;
  /** A record key that none had before. */
  readonly tid: () => string;
}

/** What happened, to be made a pipeline here. */
export type Happened = Omit<PipelineTold, 'rkey' | 'isOurs' | 'workflows' | 'diagnostics'>;

/**
 * A pipeline that this spindle makes: the workflow files of a commit, asked what answers to what happened. Files that
 * cannot be read, or are not there, make a pipeline of no workflows that says so. Rejects only when aborted.
 */
export async function ownPipeline(
  needs: OwnPipelineNeeds,
  happened: Happened,
  commit: { readonly ref: string; readonly sha: string },
  signal: AbortSignal,
): Promise<NewEvent> {
  const { url } = houseRepo(needs.net, happened.repo, null, false);
  return compiledPipeline(needs, happened, await readWorkflowFiles(needs, { url, ...commit }, signal));
}

/** The same, of files that have been read. */
export function compiledPipeline(
  needs: PipelineNeeds & Pick<OwnPipelineNeeds, 'tid'>,
  happened: Happened,
  files: WorkflowFiles,
): NewEvent {
  const compiled =
    files.result === 'read'
      ? compileWorkflows(files.files, happened)
      : { workflows: [], diagnostics: [nothing(files.why)] };
  return pipelineEvent(needs, { ...happened, ...compiled, rkey: needs.tid(), isOurs: true });
}

const nothing = (text: string): PipelineFacts['diagnostics'][number] => ({
  holds: false,
  text,
  seen: null,
  error: false,
  parts: [],
});
