import { SignalboxError } from '../../../domain/errors.ts';
import type { Explanation } from '../../../domain/explanation.ts';
import type { PipelineFacts, Workflow } from '../../../domain/pipeline.ts';
import { cut } from '../../../domain/shown.ts';
import { type Effort, usualEffort } from './glob.ts';
import { readWorkflow } from './read-workflow.ts';
import { type Reading, usualReading } from './tree.ts';
import { answer, type Occasion } from './when.ts';

/** A file below `.tangled/workflows`. */
export interface WorkflowFile {
  /** Without its directory. */
  readonly name: string;
  readonly text: string;
}

/** The workflows that answer, and for every file why it does or does not. */
export type Compiled = Pick<PipelineFacts, 'workflows' | 'diagnostics'>;

/** What a file gets that says nothing of it. */
const cloneDefaults = { submodules: true, tags: true };

/** Reads workflow files and chooses those that answer. Total: a file that cannot be read is a diagnostic of its own. */
export function compileWorkflows(files: readonly WorkflowFile[], occasion: Occasion): Compiled {
  // For all of them together: there may be many.
  const effort = { left: usualEffort };
  const reading = { left: usualReading };
  const compiled = files.map(file => compile(file, occasion, effort, reading));
  return {
    workflows: compiled.flatMap(({ workflow }) => (workflow === null ? [] : [workflow])),
    diagnostics: compiled.map(({ explanation }) => explanation),
  };
}

function compile(
  file: WorkflowFile,
  occasion: Occasion,
  effort: Effort,
  reading: Reading,
): { readonly workflow: Workflow | null; readonly explanation: Explanation } {
  try {
    const { workflow, when } = readWorkflow(file.name, file.text, cloneDefaults, null, reading);
    const explanation = answer(when, occasion, effort);
    const text = `${cut(file.name)}: ${explanation.text}`;
    return { workflow: explanation.holds ? workflow : null, explanation: { ...explanation, text } };
  } catch (error) {
    return { workflow: null, explanation: unreadable(file.name, error) };
  }
}

/** A file that is no workflow, as the verdict tells of it. */
function unreadable(name: string, error: unknown): Explanation {
  const { message } = SignalboxError.from(error);
  return { holds: false, text: `${cut(name)}: ${message}`, seen: null, error: true, parts: [] };
}
