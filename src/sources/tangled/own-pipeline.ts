import type { Clock } from '../../contracts/clock.ts';
import type { NewEvent } from '../../domain/event.ts';
import { houseRepo } from './network/repo.ts';
import { type PipelineNeeds, type PipelineTold, pipelineEvent } from './pipeline-event.ts';
import { type Compiled, compileWorkflows } from './workflow/compile.ts';
import { type ReadFolder, readWorkflowFiles, type WorkflowFiles, workflowFolder } from './workflow-files.ts';

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
  const compiled = compile(files, happened);
  return pipelineEvent(needs, { ...happened, ...compiled, rkey: needs.tid(), isOurs: true });
}

function compile(files: WorkflowFiles, happened: Happened): Compiled {
  if (files.result === 'unreadable') return nothing(files.why, true);
  return files.files.length === 0
    ? nothing(`there are no files in ${workflowFolder} at ${files.sha}`, false)
    : compileWorkflows(files.files, happened);
}

/** `error`: there may have been something. */
const nothing = (text: string, error: boolean): Compiled => ({
  workflows: [],
  diagnostics: [{ holds: false, text, seen: null, error, parts: [] }],
});
