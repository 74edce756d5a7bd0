import type { Clock } from '../../../contracts/clock.ts';
import type { NewEvent, Patch } from '../../../domain/event.ts';
import type { PipelineTrigger } from '../../../domain/pipeline.ts';
import { isCommitId } from '../../../domain/ref-name.ts';
import { cut } from '../../../domain/shown.ts';
import type { Net } from '../net.ts';
import { type AdmissionNeeds, admitRepo } from '../network/admission.ts';
import type { Network } from '../network/network.ts';
import { houseRepo, type TangledRepo } from '../network/repo.ts';
import { type OwnPipelineNeeds, ownPipeline } from '../own-pipeline.ts';
import { actorOf, asksNothing, isZero, pipelineEvent } from '../pipeline-event.ts';
import type { KnotApi } from './api.ts';
import { readCollaboratorUpdate } from './collaborator-update.ts';
import type { Envelope } from './envelope.ts';
import { readPipeline } from './pipeline-record.ts';
import { isSkipped, readRefUpdate } from './ref-update.ts';

export interface ReadEventNeeds extends AdmissionNeeds, OwnPipelineNeeds {
  readonly settings: AdmissionNeeds['settings'] & OwnPipelineNeeds['settings'];
  readonly net: Pick<Net, 'at'>;
  readonly clock: Clock;
  readonly network: AdmissionNeeds['network'] & Pick<Network, 'setRight'>;
  readonly knots: Pick<KnotApi, 'defaultBranch'>;
}

/** What an event of a knot's stream comes to here. */
export type KnotTold =
  | {
      readonly result: 'event';
      readonly event: NewEvent;
      /** What may be told of in another way as well; null: nothing else tells of it. */
      readonly push: { readonly kind: 'pipeline' | 'refUpdate'; readonly what: string } | null;
    }
  /** Of a repository that nobody here has asked for, as far as can be read: anybody may cause it, so that it is not kept. */
  | { readonly result: 'stranger' }
  /** A kind that asks for nothing here. */
  | { readonly result: 'nothing' };

/** Reads an event of a knot's stream. Rejects only when aborted. */
export async function readKnotEvent(
  needs: ReadEventNeeds,
  knot: string,
  envelope: Envelope,
  signal: AbortSignal,
): Promise<KnotTold> {
  switch (envelope.nsid) {
    case 'sh.tangled.pipeline':
      return readPipelineEvent(needs, knot, envelope, signal);
    case 'sh.tangled.git.refUpdate':
      return readPush(needs, knot, envelope, signal);
    case 'sh.tangled.repo.collaboratorUpdate': {
      const update = readCollaboratorUpdate(envelope.event);
      const isHere = needs.network
        .list()
        .repos.some(repo => repo.knot === knot && repo.repoDid === update?.repo);
      if (update !== null && isHere) needs.network.setRight(update.repo, update.subject, update.op === 'add');
      return { result: 'nothing' };
    }
    default:
      return { result: 'nothing' };
  }
}

async function readPipelineEvent(
  needs: ReadEventNeeds,
  knot: string,
  { rkey, nsid, event }: Envelope,
  signal: AbortSignal,
): Promise<KnotTold> {
  const deliveryId = eventId(knot, nsid, rkey);
  const nothing = (note: string): KnotTold =>
    only(asksNothing('pipeline', { deliveryId, note: `a pipeline of the knot ${knot}: ${note}` }));
  const read = readPipeline(event);
  if (read === null || read.repo.knot !== knot) return { result: 'stranger' };
  const { repo: told, trigger } = read;
  const names = { ownerDid: told.did, name: told.repo, repoDid: told.repoDid };
  const admission = await admitRepo(needs, knot, names, signal);
  if (admission.result === 'refused')
    return admission.isStranger ? { result: 'stranger' } : nothing(admission.reason);

  const { repo } = admission;
  const { sourceRepo } = read;
  const made = pipelineEvent(needs, {
    ...read.compile(),
    trigger,
    sourceRepo,
    sourceUrl: null,
    rkey,
    repo,
    deliveryId,
    isOurs: false,
    defaultBranch: told.defaultBranch,
    changed: null,
    actor: null,
    patch: patchOf(trigger, sourceRepo),
  });
  return {
    result: 'event',
    event: made,
    push:
      trigger.kind === 'push' ? { kind: 'pipeline', what: pushed(repo, trigger.ref, trigger.newSha) } : null,
  };
}

async function readPush(
  needs: ReadEventNeeds,
  knot: string,
  { rkey, nsid, event }: Envelope,
  signal: AbortSignal,
): Promise<KnotTold> {
  const deliveryId = eventId(knot, nsid, rkey);
  const update = readRefUpdate(event);
  if (update === null) return { result: 'stranger' };
  const { ref, newSha, oldSha } = update;
  const admission = await admitRepo(needs, knot, update, signal);
  if (admission.result === 'refused')
    return admission.isStranger
      ? { result: 'stranger' }
      : only(asksNothing('refUpdate', { deliveryId, note: `a push to ${cut(ref)}: ${admission.reason}` }));

  const { repo } = admission;
  const actor = actorOf(update.committerDid, repo);
  const [, branch] = /^refs\/heads\/(.+)$/.exec(ref) ?? [];
  const why = whyNothing(knot, update);
  if (why !== null) {
    const after = isZero(newSha) ? null : newSha;
    const known = { repo: houseRepo(needs.net, repo, null, update.isNewsOnly), ref, after, actor };
    return only(asksNothing('refUpdate', { ...known, deliveryId, note: `a push to ${cut(ref)}: ${why}` }));
  }
  const defaultBranch =
    update.isDefaultRef && branch !== undefined
      ? branch
      : await needs.knots.defaultBranch(knot, repo.repoDid ?? '', signal);
  const made = await ownPipeline(
    needs,
    {
      repo,
      deliveryId,
      defaultBranch,
      trigger: { kind: 'push', ref, newSha, oldSha },
      sourceRepo: null,
      sourceUrl: null,
      changed: update.changed,
      actor: update.committerDid,
      patch: null,
    },
    { ref, sha: newSha },
    signal,
  );
  return { result: 'event', event: made, push: { kind: 'refUpdate', what: pushed(repo, ref, newSha) } };
}

/** Why a push is to start nothing; null when it may. */
function whyNothing(knot: string, update: NonNullable<ReturnType<typeof readRefUpdate>>): string | null {
  if (isZero(update.newSha)) return 'it is deleted, so there is nothing to run';
  if (isSkipped(update)) return 'it was pushed with the option to skip CI';
  if (update.isNewsOnly)
    return `the knot ${knot} compiles workflows itself, and sends a pipeline where one is to run`;
  if (!isCommitId(update.newSha)) return `"${cut(update.newSha)}" is no commit id`;
  return null;
}

/** Of what a knot says of a pull request; whose it is, it does not say. */
function patchOf(trigger: PipelineTrigger, sourceRepo: string | null): Patch | null {
  if (trigger.kind !== 'pull_request') return null;
  return {
    number: trigger.pull ?? trigger.sourceBranch,
    title: '',
    url: null,
    from: { repo: sourceRepo, branch: trigger.sourceBranch },
    fromFork: sourceRepo !== null,
    draft: false,
    author: { id: null, name: null },
    // Who can put a branch into a repository may push there.
    authorIsMember: sourceRepo === null,
  };
}

const only = (event: NewEvent): KnotTold => ({ result: 'event', event, push: null });
const eventId = (knot: string, nsid: string, rkey: string): string => `at://did:web:${knot}/${nsid}/${rkey}`;
const pushed = ({ ownerDid, name, repoDid }: TangledRepo, ref: string, sha: string): string =>
  `${repoDid ?? `${ownerDid}/${name ?? ''}`} ${ref} ${sha}`;
