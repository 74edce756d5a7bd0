import { z } from 'zod';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Explanation } from '../../../domain/explanation.ts';
import type { Json } from '../../../domain/json.ts';
import type { Workflow } from '../../../domain/pipeline.ts';
import { cut } from '../../../domain/shown.ts';
import type { Compiled } from './compile.ts';
import { readWorkflow } from './read-workflow.ts';
import { type Reading, usualReading } from './tree.ts';

/** A workflow of a pipeline record. Go leaves out what is empty, and may write null for what is not there. */
interface Recorded {
  readonly name: string;
  readonly engine: string | null;
  readonly clone: {
    readonly skip: boolean | null;
    readonly depth: number | null;
    readonly submodules: boolean | null;
    readonly tags: boolean | null;
  } | null;
  readonly raw: string | null;
}

const text = z.string().transform(value => value.toWellFormed());
const flag = z.boolean().nullable().default(null);
const recorded: z.ZodType<Recorded> = z.object({
  name: text.refine(name => name !== '' && name.length <= longestName, 'is no name of a file'),
  engine: text.nullable().default(null),
  clone: z
    .object({ skip: flag, depth: z.int().nullable().default(null), submodules: flag, tags: flag })
    .nullable()
    .default(null),
  raw: text.nullable().default(null),
});

/** As many as a folder may have, and names as long as those of files. */
const mostWorkflows = 200;
const longestName = 255;

/** What counted where the files were read that records are made from. */
const cloneDefaults = { submodules: false, tags: false };

/**
 * The workflows of a `sh.tangled.pipeline` record, which a knot has chosen: what its `workflows` holds. Total: an entry
 * that is null or has no name of its own is left out, and one whose file cannot be read is a workflow that says so when
 * it is to run.
 */
export function workflowsOfRecord(listed: Json): Compiled {
  const entries = Array.isArray(listed) ? listed : [];
  // What a workflow is called everywhere is its name: two of one name would be told of as one.
  const byName = new Map<string, Recorded>();
  for (const entry of entries) {
    const { data } = recorded.safeParse(entry);
    if (data !== undefined && !byName.has(data.name)) byName.set(data.name, data);
  }
  const reading = { left: usualReading };
  const some = [...byName.values()].slice(0, mostWorkflows);
  const read = some.map(each => workflowOf(each, reading));
  const leftOut = byName.size - read.length;
  return {
    workflows: read,
    diagnostics: [
      ...read.map(({ name }) => said(`${cut(name)}: the knot says that it answers`, true)),
      ...(leftOut === 0 ? [] : [said(`${leftOut} more than ${mostWorkflows} are left out`, false)]),
    ],
  };
}

const said = (text: string, holds: boolean): Explanation => ({
  holds,
  text,
  seen: null,
  error: !holds,
  parts: [],
});

function workflowOf({ name, engine, clone, raw }: Recorded, reading: Reading): Workflow {
  const options = {
    skip: clone?.skip ?? false,
    depth: Math.max(1, clone?.depth ?? 0),
    submodules: clone?.submodules ?? cloneDefaults.submodules,
    tags: clone?.tags ?? cloneDefaults.tags,
  };
  try {
    const { workflow } = readWorkflow(name, raw ?? '', cloneDefaults, engine, reading);
    // Older knots name fewer options than a file may have.
    return { ...workflow, clone: { ...options, tags: clone?.tags ?? workflow.clone.tags } };
  } catch (error) {
    return {
      name,
      engine: engine ?? '',
      raw: raw ?? '',
      clone: options,
      env: {},
      steps: [],
      provider: null,
      problem: `the workflow cannot be read: ${SignalboxError.from(error).message}`,
      notices: [],
    };
  }
}
