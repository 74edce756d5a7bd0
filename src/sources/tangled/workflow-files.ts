import type { Clock } from '../../contracts/clock.ts';
import { SignalboxError } from '../../domain/errors.ts';
import type { Revision } from '../../domain/run.ts';
import { patiently } from './patiently.ts';
import type { WorkflowFile } from './workflow/compile.ts';

/** Where a repository has its workflows; what lies in folders within is none. */
export const workflowFolder = '.tangled/workflows';

/** The files of a folder of a commit; none where it has no such folder. */
export interface FolderRead {
  readonly sha: string;
  readonly files: readonly WorkflowFile[];
}

/** Throws a `SignalboxError`: `unavailable` when trying again may help. */
export type ReadFolder = (
  revision: Omit<Revision, 'clone'>,
  folder: string,
  signal: AbortSignal,
) => Promise<FolderRead>;

export type WorkflowFiles =
  | ({ readonly result: 'read' } & FolderRead)
  | { readonly result: 'unreadable'; readonly why: string };

/** Reads the workflow files of a commit, patiently. Rejects only when aborted. */
export async function readWorkflowFiles(
  needs: { readonly readFolder: ReadFolder; readonly clock: Pick<Clock, 'sleep'> },
  revision: Omit<Revision, 'clone'>,
  signal: AbortSignal,
): Promise<WorkflowFiles> {
  try {
    const read = (limit: AbortSignal) => needs.readFolder(revision, workflowFolder, limit);
    return { result: 'read', ...(await patiently(needs.clock, read, signal)) };
  } catch (error) {
    signal.throwIfAborted();
    const why = `its workflow files could not be read: ${SignalboxError.from(error).message}`;
    return { result: 'unreadable', why };
  }
}
