import { SignalboxError } from '../../../domain/errors.ts';
import type { NewEvent } from '../../../domain/event.ts';
import { isRefName } from '../../../domain/ref-name.ts';
import { cut } from '../../../domain/shown.ts';
import type { KnotApi } from '../knot/api.ts';
import type { Pds } from '../network/pds.ts';
import { collections, type PullRecord, pullRecord } from '../network/records.ts';
import { houseRepo, type TangledRepo } from '../network/repo.ts';
import type { Rights } from '../network/rights.ts';
import { compiledPipeline, type OwnPipelineNeeds } from '../own-pipeline.ts';
import { actorOf, asksNothing } from '../pipeline-event.ts';
import { readWorkflowFiles } from '../workflow-files.ts';
import { mostPackedBytes, proposedCommit } from './patch.ts';

export interface PullNeeds extends OwnPipelineNeeds {
  readonly pds: Pick<Pds, 'record' | 'blob'>;
  readonly rights: Pick<Rights, 'find' | 'mayPush'>;
  readonly knots: Pick<KnotApi, 'defaultBranch'>;
}

/**
 * Whoever waits for this reads all hints of the network, so that each server is given this long: a server of somebody's
 * own could keep all others waiting.
 */
const patienceMs = 10_000;

/**
 * What a pull request asks for: a pipeline where its author may push, and proposes a branch of the repository itself. Null
 * when it is not about a repository that is watched. Everybody may write such a record about any repository, so that the
 * repository's knot is asked about the author first, and the commit counts only when the branch is really there.
 */
export async function readPull(
  needs: PullNeeds,
  hint: { readonly did: string; readonly rkey: string; readonly record: unknown },
  signal: AbortSignal,
): Promise<NewEvent | null> {
  const { did, rkey } = hint;
  const hinted = pullRecord.safeParse(hint.record).data;
  const repo = hinted && needs.rights.find(hinted.target.repo);
  if (hinted === undefined || repo === undefined) return null;

  const uri = `at://${did}/${collections.pull}/${rkey}`;
  const nothing = (why: string): NewEvent =>
    asksNothing('pull_request', {
      deliveryId: `${uri}@${roundOf(hinted) ?? ''}`,
      repo: houseRepo(needs.net, repo, null, false),
      actor: actorOf(did, repo),
      note: `the pull request ${uri}: ${why}`,
    });
  try {
    const may = await briefly(repo.knot, signal, limit => needs.rights.mayPush(did, repo, limit));
    if (!may)
      return nothing(
        `its author ${did} may not push to the repository: it runs when somebody who may push starts it`,
      );
    const { record, commit } = await briefly(`the server of ${did}`, signal, limit =>
      readProposed(needs, hint, hinted, limit),
    );
    if (record === null) return null;
    const why = whyNothing(record);
    if (why !== null || record.source === null || commit === null) return nothing(why ?? 'it has no rounds');
    const { branch } = record.source;
    return await proposal(needs, { repo, uri, did, record, branch, commit }, nothing, signal);
  } catch (error) {
    signal.throwIfAborted();
    return nothing(SignalboxError.from(error).message);
  }
}

/** The record as its author's server has it now, and the commit that it proposes; null where there is none. */
async function readProposed(
  { pds }: Pick<PullNeeds, 'pds'>,
  { did, rkey }: { readonly did: string; readonly rkey: string },
  hinted: PullRecord,
  signal: AbortSignal,
): Promise<{ readonly record: PullRecord | null; readonly commit: string | null }> {
  const record = await pds.record(did, collections.pull, rkey, pullRecord, signal);
  // The author was asked about for the repository of the hint; of a changed record another hint tells.
  if (record?.target.repo !== hinted.target.repo) return { record: null, commit: null };
  const cid = roundOf(record);
  if (cid === null || whyNothing(record) !== null) return { record, commit: null };
  return { record, commit: await proposedCommit(cid, await pds.blob(did, cid, mostPackedBytes, signal)) };
}

/** Why a pull request is to start nothing, whatever it proposes; null when it may. */
function whyNothing({ source, target }: PullRecord): string | null {
  if (source === null) return 'it proposes a patch, and no branch: it runs when somebody starts it';
  if (source.repo) return 'it comes from a fork: it runs when somebody who may push starts it';
  for (const branch of [source.branch, target.branch])
    if (!isRefName(`refs/heads/${branch}`)) return `"${cut(branch)}" is no name of a branch`;
  return null;
}

/** Asks a server once, and not for long. */
async function briefly<Answer>(
  whom: string,
  signal: AbortSignal,
  ask: (limit: AbortSignal) => Promise<Answer>,
): Promise<Answer> {
  const limit = AbortSignal.timeout(patienceMs);
  try {
    return await ask(AbortSignal.any([signal, limit]));
  } catch (error) {
    if (signal.aborted || !limit.aborted) throw error;
    const why = `${whom} takes longer than ${patienceMs / 1000} s to answer`;
    throw new SignalboxError('unavailable', why, { cause: error });
  }
}

async function proposal(
  needs: PullNeeds,
  pull: {
    readonly repo: TangledRepo;
    readonly uri: string;
    readonly did: string;
    readonly record: PullRecord;
    readonly branch: string;
    readonly commit: string;
  },
  nothing: (why: string) => NewEvent,
  signal: AbortSignal,
): Promise<NewEvent> {
  const { repo, uri, did, record, branch, commit } = pull;
  const ref = `refs/heads/${branch}`;
  const { url } = houseRepo(needs.net, repo, null, false);
  const files = await readWorkflowFiles(needs, { url, ref, sha: null }, signal);
  if (files.result === 'unreadable') return nothing(files.why);
  if (files.sha !== commit)
    return nothing(`it proposes ${commit}, and its branch ${cut(branch)} is at ${files.sha}`);
  return compiledPipeline(
    needs,
    {
      repo,
      deliveryId: `${uri}@${commit}`,
      defaultBranch: await needs.knots.defaultBranch(repo.knot, repo.repoDid ?? '', signal),
      trigger: {
        kind: 'pull_request',
        sourceBranch: branch,
        targetBranch: record.target.branch,
        sourceSha: commit,
        action: null,
        pull: uri,
      },
      sourceRepo: null,
      sourceUrl: null,
      changed: null,
      actor: did,
      patch: {
        number: uri,
        title: record.title ?? '',
        url: null,
        from: { repo: null, branch },
        fromFork: false,
        draft: false,
        author: actorOf(did, repo),
        // The knot was asked.
        authorIsMember: true,
      },
    },
    files,
  );
}

/** What the latest round proposes: the id of a blob. */
const roundOf = ({ rounds }: PullRecord): string | null => rounds?.at(-1)?.patchBlob.ref.$link ?? null;
