import type { TriggerWish } from '../../../contracts/spindle-calls.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import type { NewEvent, Patch } from '../../../domain/event.ts';
import { pipelineCommit } from '../../../domain/pipeline.ts';
import { cut, listed } from '../../../domain/shown.ts';
import { houseRepo, type TangledRepo } from '../network/repo.ts';
import { compiledPipeline } from '../own-pipeline.ts';
import { actorOf } from '../pipeline-event.ts';
import { workflowFolder } from '../workflow-files.ts';
import type { CallsNeeds } from './calls.ts';
import { forkUrl } from './fork.ts';

/** The event that somebody's wish comes to. Throws `invalid` when it comes to nothing. */
export async function wished(
  needs: CallsNeeds['making'] & Pick<CallsNeeds, 'identities' | 'pds' | 'knots'>,
  repo: TangledRepo,
  wish: TriggerWish,
  signal: AbortSignal,
): Promise<NewEvent> {
  const { trigger, workflows, by } = wish;
  const sourceRepo = wish.sourceRepo === repo.repoDid ? null : wish.sourceRepo;
  const sourceUrl = sourceRepo === null ? null : await forkUrl(needs, sourceRepo, signal);
  const { url } = houseRepo(needs.net, repo, null, false);
  const commit = { url: sourceUrl ?? url, ref: refOf(trigger), sha: pipelineCommit(trigger) };
  const { sha, files: all } = await needs.readFolder(commit, workflowFolder, signal).catch(asNothing);
  if (all.length === 0) throw nothing(`there are no files in ${workflowFolder} at ${sha}`);
  const files = all.filter(({ name }) => workflows?.includes(name) ?? true);
  if (files.length === 0) throw nothing(`the commit has no workflow ${listed(workflows ?? [])}`);
  const happened = {
    repo,
    deliveryId: null,
    defaultBranch: await needs.knots.defaultBranch(repo.knot, repo.repoDid ?? '', signal),
    trigger,
    sourceRepo,
    sourceUrl,
    changed: null,
    actor: by,
    patch: sourceRepo === null ? patchOf(wish, repo) : null,
  };
  const event = compiledPipeline(needs, happened, { result: 'read', sha, files });
  if (event.pipeline === null || event.pipeline.workflows.length === 0)
    throw nothing(cut(event.pipeline?.diagnostics.map(({ text }) => text).join('; ') ?? '', 300));
  return event;
}

function refOf(trigger: TriggerWish['trigger']): string {
  const ref =
    trigger.kind === 'manual'
      ? trigger.ref
      : trigger.sourceBranch === ''
        ? null
        : `refs/heads/${trigger.sourceBranch}`;
  return ref ?? 'HEAD';
}

/** Of a branch of the repository itself. A fork's is none to the rules: who may push has vouched for this commit. */
function patchOf({ trigger, by }: TriggerWish, repo: TangledRepo): Patch | null {
  if (trigger.kind !== 'pull_request') return null;
  return {
    number: trigger.pull ?? trigger.sourceBranch,
    title: '',
    url: null,
    from: { repo: null, branch: trigger.sourceBranch },
    fromFork: false,
    draft: false,
    author: actorOf(by, repo),
    authorIsMember: true,
  };
}

/** Somebody waits for the answer: what may be there later is not waited for. */
function asNothing(error: unknown): never {
  if (error instanceof SignalboxError && !error.retryable) throw nothing(error.message);
  throw error;
}

const nothing = (why: string): SignalboxError =>
  new SignalboxError('invalid', `nothing is to be run: ${why}`);
