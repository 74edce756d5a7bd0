import type { Admission, Store } from '../../../src/contracts/store.ts';
import { blankEvent, type Event } from '../../../src/domain/event.ts';
import { type EventId, eventId, type RunId, runId } from '../../../src/domain/id.ts';
import type { PipelineFacts, Workflow } from '../../../src/domain/pipeline.ts';
import { plan, type Run } from '../../../src/domain/run.ts';
import { commandRule } from '../doors/open-house.ts';

export const knot = 'knot.brookfield.example:5555';

/** The facts of a push that one workflow answers to. */
export function pipelineFacts(rkey: string, changes: Partial<PipelineFacts> = {}): PipelineFacts {
  return {
    knot,
    rkey,
    repo: { ownerDid: 'did:plc:owner', name: 'harbour', repoDid: 'did:plc:repo', defaultBranch: 'main' },
    trigger: { kind: 'push', ref: 'refs/heads/main', newSha: 'a'.repeat(40), oldSha: '0'.repeat(40) },
    sourceRepo: null,
    sourceUrl: null,
    isOurs: true,
    workflows: [workflow('ci.yml')],
    diagnostics: [],
    ...changes,
  };
}

export function workflow(name: string): Workflow {
  return {
    name,
    engine: 'local',
    raw: 'when: []\n',
    clone: { skip: false, depth: 1, submodules: false, tags: false },
    env: {},
    steps: [],
    provider: null,
    problem: null,
    notices: [],
  };
}

/** What admits a pipeline, with a queued run for each of its workflows. */
export function pipelineAdmission(clock: { unique(): string }, facts: PipelineFacts): Admission {
  const event: Event = {
    ...blankEvent('pipeline'),
    id: eventId(clock.unique()),
    source: 'tangled',
    delivery: null,
    receivedAt: 1,
    replayOf: null,
    pipeline: facts,
  };
  const runs = facts.workflows.map(({ name }): Run => {
    const made = { id: runId(clock.unique()), at: 1, blockedBy: null, workflow: null };
    const run = plan(commandRule('tangled'), event, made);
    return { ...run, plan: { ...run.plan, workflow: { knot: facts.knot, rkey: facts.rkey, name } } };
  });
  return { delivery: null, event, verdicts: [], runs, position: null };
}

/** Stores a pipeline; the runs of its workflows are queued. */
export async function admitPipeline(
  store: Pick<Store, 'admit'>,
  clock: { unique(): string },
  facts: PipelineFacts,
): Promise<{ readonly event: EventId; readonly runs: readonly RunId[] }> {
  const admission = pipelineAdmission(clock, facts);
  await store.admit(admission);
  return { event: admission.event.id, runs: admission.runs.map(({ id }) => id) };
}
