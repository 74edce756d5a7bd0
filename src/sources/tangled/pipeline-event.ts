import { blankEvent, type NewEvent, type Patch } from '../../domain/event.ts';
import type { PipelineFacts, Workflow } from '../../domain/pipeline.ts';
import type { Net } from './net.ts';
import { houseRepo, type TangledRepo } from './network/repo.ts';
import type { TangledSettings } from './settings.ts';

export interface PipelineNeeds {
  readonly net: Pick<Net, 'at'>;
  readonly settings: Pick<TangledSettings, 'elsewhere'>;
}

/** What an event of a pipeline is made from. */
export interface PipelineTold
  extends Pick<
    PipelineFacts,
    'rkey' | 'trigger' | 'sourceRepo' | 'sourceUrl' | 'isOurs' | 'workflows' | 'diagnostics'
  > {
  readonly repo: TangledRepo;
  readonly defaultBranch: string | null;
  readonly changed: readonly string[] | null;
  readonly patch: Patch | null;
  /** DID of who caused it; null when nobody says. */
  readonly actor: string | null;
  /** Null: it is no copy of anything. */
  readonly deliveryId: string | null;
}

/** The event that a pipeline is to the house. */
export function pipelineEvent({ net, settings }: PipelineNeeds, told: PipelineTold): NewEvent {
  const { repo, defaultBranch, trigger, rkey, sourceRepo, sourceUrl, isOurs, diagnostics } = told;
  const { knot, ownerDid, name, repoDid } = repo;
  return {
    ...blankEvent('pipeline'),
    action: trigger.kind,
    deliveryId: told.deliveryId,
    repo: houseRepo(net, repo, defaultBranch, !isOurs),
    ...places(told),
    changed: told.changed,
    actor: actorOf(told.actor, repo),
    patch: told.patch,
    pipeline: {
      knot,
      rkey,
      repo: { ownerDid, name, repoDid, defaultBranch },
      trigger,
      sourceRepo,
      sourceUrl,
      isOurs,
      workflows: told.workflows.map(workflow => placed(settings, workflow)),
      diagnostics,
    },
  };
}

/** A workflow that runs where the settings have it. */
function placed({ elsewhere }: PipelineNeeds['settings'], workflow: Workflow): Workflow {
  if (elsewhere === null) return workflow;
  const { provider, forAll } = elsewhere;
  // Who builds everything alike asks for nothing that a file could have wrong.
  if (forAll) return { ...workflow, provider, problem: null };
  return workflow.provider === null && workflow.problem === null ? { ...workflow, provider } : workflow;
}

/** What was understood and asks for nothing. */
export function asksNothing(
  action: string,
  told: Pick<NewEvent, 'deliveryId' | 'note'> & Partial<Pick<NewEvent, 'repo' | 'ref' | 'after' | 'actor'>>,
): NewEvent {
  return { ...blankEvent('other'), action, ...told };
}

/** Who did something, by the name that people know where it is at hand. */
export function actorOf(
  did: string | null,
  { ownerDid, ownerHandle }: Pick<TangledRepo, 'ownerDid' | 'ownerHandle'>,
): NewEvent['actor'] {
  return { id: did, name: did === ownerDid ? (ownerHandle ?? did) : did };
}

function places({
  trigger,
  defaultBranch,
}: Pick<PipelineTold, 'trigger' | 'defaultBranch'>): Pick<NewEvent, 'ref' | 'branch' | 'before' | 'after'> {
  switch (trigger.kind) {
    case 'push': {
      const { ref, oldSha, newSha } = trigger;
      return { ref, branch: branchOf(ref), before: isZero(oldSha) ? null : oldSha, after: newSha };
    }
    case 'pull_request': {
      const { sourceBranch, targetBranch, sourceSha } = trigger;
      const ref = sourceBranch === '' ? 'HEAD' : `refs/heads/${sourceBranch}`;
      return { ref, branch: targetBranch, before: null, after: sourceSha };
    }
    case 'manual': {
      const ref = trigger.ref ?? (defaultBranch === null ? 'HEAD' : `refs/heads/${defaultBranch}`);
      return { ref, branch: branchOf(ref), before: null, after: trigger.sha === '' ? null : trigger.sha };
    }
  }
}

const branchOf = (ref: string): string | null => /^refs\/heads\/(.+)$/.exec(ref)?.[1] ?? null;

/** Knots write a commit id of zeros where there was, or is, no commit. */
export const isZero = (sha: string): boolean => /^0+$/.test(sha);
