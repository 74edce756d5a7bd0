import { z } from 'zod';
import type { PipelineFacts, PipelineTrigger } from '../../../domain/pipeline.ts';
import { name, nameOrNull, orNull, reference, referenceOrNull } from '../lenient.ts';
import type { Compiled } from '../workflow/compile.ts';
import { workflowsOfRecord } from '../workflow/record.ts';

/**
 * The record `sh.tangled.pipeline` of knots that compile workflows themselves. Read leniently: `$type` is an empty
 * text, parts come and go between generations, and lists have entries that are null.
 */
interface ToldRepo {
  /** Host. */
  readonly knot: string;
  /** Of the owner. */
  readonly did: string;
  /** Name. */
  readonly repo: string | null;
  readonly repoDid: string | null;
  readonly defaultBranch: string | null;
}

const repo: z.ZodType<ToldRepo> = z.object({
  knot: name,
  did: reference,
  repo: nameOrNull,
  repoDid: referenceOrNull,
  defaultBranch: referenceOrNull,
});
const metadata = z.object({
  kind: z.string(),
  repo: orNull(repo),
  push: orNull(z.object({ ref: reference, newSha: name, oldSha: name })),
  pullRequest: orNull(
    z.object({
      sourceBranch: reference,
      targetBranch: reference,
      sourceSha: name,
      action: nameOrNull,
      pull: referenceOrNull,
    }),
  ),
  manual: orNull(
    z.object({
      inputs: orNull(z.array(orNull(z.object({ key: z.string(), value: z.string() })))),
      sha: nameOrNull,
      ref: referenceOrNull,
    }),
  ),
  sourceRepo: referenceOrNull,
});
const record = z.object({
  triggerMetadata: orNull(metadata),
  workflows: orNull(z.json()),
});

/** What a record asks for. */
export interface PipelineRead extends Pick<PipelineFacts, 'trigger' | 'sourceRepo'> {
  readonly repo: ToldRepo;
  /** Reads the workflows: not before it is known that they are wanted. */
  readonly compile: () => Compiled;
}

/** Null when it cannot be read. Never throws. */
export function readPipeline(event: unknown): PipelineRead | null {
  const read = record.safeParse(event);
  if (!read.success) return null;
  const { triggerMetadata: told, workflows } = read.data;
  if (told === null || told.repo === null) return null;
  const trigger = readTrigger(told);
  if (trigger === null) return null;
  return {
    repo: told.repo,
    trigger,
    sourceRepo: told.sourceRepo,
    compile: () => workflowsOfRecord(workflows),
  };
}

function readTrigger({ kind, push, pullRequest, manual }: z.output<typeof metadata>): PipelineTrigger | null {
  if (kind === 'push' && push !== null) return { kind, ...push };
  if (kind === 'pull_request' && pullRequest !== null) return { kind, ...pullRequest };
  if (kind !== 'manual' || manual === null) return null;
  const inputs = (manual.inputs ?? []).filter(input => input !== null);
  return { kind, sha: manual.sha ?? '', ref: manual.ref, inputs };
}
