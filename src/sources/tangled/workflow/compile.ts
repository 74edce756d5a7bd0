import { SignalboxError } from '../../../domain/errors.ts';
import type { PipelineFacts, PipelineTrigger } from '../../../domain/pipeline.ts';

/** A file below `.tangled/workflows`. */
export interface WorkflowFile {
  /** Without its directory. */
  readonly name: string;
  readonly text: string;
}

/** What the files are asked about. */
export interface Occasion {
  readonly trigger: PipelineTrigger;
  /** Paths that changed; null when nobody said, and then every condition on paths holds. */
  readonly changed: readonly string[] | null;
}

/** The workflows that answer, and for every file why it does or does not. */
export type Compiled = Pick<PipelineFacts, 'workflows' | 'diagnostics'>;

/** Reads workflow files and chooses those that answer. Total: a file that cannot be read is a diagnostic of its own. */
export function compileWorkflows(files: readonly WorkflowFile[], _occasion: Occasion): Compiled {
  if (files.length === 0) return { workflows: [], diagnostics: [] };
  throw new SignalboxError('internal', 'workflow files cannot be read yet');
}
