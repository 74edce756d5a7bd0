import type { Call } from './call.ts';
import type { Event } from './event.ts';
import type { Json } from './json.ts';
import { type PipelineFacts, pipelineUri } from './pipeline.ts';
import type { RadicleFacts } from './radicle.ts';

/**
 * An event as the outside sees it: in the API, in a job's event file, and as `event` in expressions. The names are a
 * promise. `patch`, `radicle`, `pipeline`, `call`,
 * `replayOf`, `target`, `caughtUp` and `note` are there only when the event has them; other lacking fields are null.
 */
export function eventJson(event: Event): { readonly [key: string]: Json } {
  return {
    id: event.id,
    source: event.source,
    type: event.type,
    action: event.action,
    deliveryId: event.deliveryId,
    receivedAt: isoTime(event.receivedAt),
    repo: event.repo && {
      forge: event.repo.forge,
      name: event.repo.name,
      url: event.repo.url,
      defaultBranch: event.repo.defaultBranch,
    },
    ref: event.ref,
    branch: event.branch,
    before: event.before,
    after: event.after,
    commits: event.commits.map(({ sha, message, author }) => ({ sha, message, author })),
    changed: event.changed,
    actor: { id: event.actor.id, name: event.actor.name },
    ...(event.patch === null ? {} : { patch: patchJson(event.patch) }),
    ...(event.radicle === null ? {} : { radicle: radicleJson(event.radicle) }),
    ...(event.pipeline === null ? {} : { pipeline: pipelineJson(event.pipeline) }),
    ...(event.call === null ? {} : { call: callJson(event.call) }),
    ...(event.replayOf === null ? {} : { replayOf: event.replayOf }),
    ...(event.target === null ? {} : { target: event.target }),
    ...(event.caughtUp ? { caughtUp: true } : {}),
    ...(event.note === null ? {} : { note: event.note }),
  };
}

function patchJson(patch: NonNullable<Event['patch']>): Json {
  return {
    number: patch.number,
    title: patch.title,
    url: patch.url,
    from: { repo: patch.from.repo, branch: patch.from.branch },
    fromFork: patch.fromFork,
    draft: patch.draft,
    author: { id: patch.author.id, name: patch.author.name },
    authorIsMember: patch.authorIsMember,
  };
}

function radicleJson({ namespace, standing, fetchedFrom, project, files, patch }: RadicleFacts): Json {
  return {
    namespace,
    standing,
    fetchedFrom,
    name: project.name,
    private: project.isPrivate,
    delegates: project.delegates,
    files,
    ...(patch === null ? {} : { status: patch.status, base: patch.base, labels: patch.labels }),
  };
}

/** Of a pipeline's inputs the names alone, and of its workflows: values may be secret, and files are long. */
function pipelineJson(facts: PipelineFacts): Json {
  const { knot, rkey, trigger, workflows, diagnostics, sourceRepo } = facts;
  return {
    uri: pipelineUri(facts),
    knot,
    rkey,
    kind: trigger.kind,
    inputs: trigger.kind === 'manual' ? trigger.inputs.map(({ key }) => key) : [],
    sourceRepo,
    workflows: workflows.map(({ name, provider, problem }) => ({
      name,
      provider: provider?.name ?? null,
      problem,
    })),
    diagnostics: diagnostics.map(({ text }) => text),
  };
}

/** Of the caller's variables the names alone: values may be secret. */
function callJson({ name, action, env }: Call): Json {
  return { name, args: argsOf(action), env: Object.keys(env) };
}

function argsOf(action: Call['action']): readonly string[] {
  switch (action?.kind) {
    case 'script':
      return action.script.args;
    case 'hook':
      return action.hook.args;
    case 'command':
    case 'repository hook':
    case 'dagger':
    case 'adapter':
    case 'elsewhere':
    case 'workflow':
    case 'provider':
    case undefined:
      return [];
  }
}

// oxlint-disable-next-line no-restricted-globals -- converts a given time; does not read the clock
const isoTime = (ms: number): string => new Date(ms).toISOString();
