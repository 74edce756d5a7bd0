import type { Event } from '../../src/domain/event.ts';
import type { Explanation } from '../../src/domain/explanation.ts';
import type { PipelineFacts, Workflow } from '../../src/domain/pipeline.ts';
import { pushEvent } from './events.ts';

/** A workflow of one step that has nothing to do, with what a test wants different. */
export function workflow(changes: Partial<Workflow> = {}): Workflow {
  return {
    name: 'ci.yml',
    engine: 'local',
    raw: '',
    clone: { skip: false, depth: 1, submodules: false, tags: false },
    env: {},
    steps: [{ name: 'nothing', command: 'true', env: {} }],
    provider: null,
    problem: null,
    notices: [],
    ...changes,
  };
}

/** A push to `main` of pat's harbour, with the workflows that answer to it. */
export function pipelineEvent(facts: Partial<PipelineFacts> = {}, changes: Partial<Event> = {}): Event {
  const workflows = facts.workflows ?? [workflow()];
  return pushEvent({
    type: 'pipeline',
    source: 'tangled',
    action: 'push',
    repo: {
      forge: 'tangled',
      name: 'pat.example/harbour',
      url: 'https://knot.example/did:plc:repo',
      defaultBranch: 'main',
    },
    pipeline: {
      knot: 'knot.example',
      rkey: '3mrz7j62e5v2l',
      repo: {
        ownerDid: 'did:plc:pat',
        name: 'harbour',
        repoDid: 'did:plc:repo',
        defaultBranch: 'main',
      },
      trigger: { kind: 'push', ref: 'refs/heads/main', newSha: 'b'.repeat(40), oldSha: 'a'.repeat(40) },
      sourceRepo: null,
      sourceUrl: null,
      isOurs: true,
      workflows,
      diagnostics: workflows.map(({ name }) => answers(name)),
      ...facts,
    },
    ...changes,
  });
}

const answers = (name: string): Explanation => ({
  holds: true,
  text: `${name}: it has no "when", so it always answers`,
  seen: null,
  error: false,
  parts: [],
});
