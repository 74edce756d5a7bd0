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
import { patiently } from '../patiently.ts';
import { actorOf, asksNothing } from '../pipeline-event.ts';
import { readWorkflowFiles } from '../workflow-files.ts';
import { mostPackedBytes, proposedCommit } from './patch.ts';

export interface PullNeeds extends OwnPipelineNeeds {
  readonly pds: Pick<Pds, 'record' | 'blob'>;
  readonly rights: Pick<Rights, 'find'>;
  readonly knots: Pick<KnotApi, 'defaultBranch'>;
}

/**
 * What a pull request asks for: a pipeline where a branch of the repository itself is proposed. Null when it is not about
 * a repository that is watched. Everybody may write such a record about any repository, so that the commit counts only
 * when the branch is really there.
 */
export async function readPull(
  needs: PullNeeds,
  hint: { readonly did: string; readonly rkey: string; readonly record: unknown },
  signal: AbortSignal,
): Promise<NewEvent | null> {
  const { did, rkey } = hint;
  if (repoOf(needs, hint.record) === undefined) return null;
  const record = await patiently(
    needs.clock,
    limit => needs.pds.record(did, collections.pull, rkey, pullRecord, limit),
    signal,
  );
  const repo = repoOf(needs, record);
  if (record === null || repo === undefined) return null;

  const uri = `at://${did}/${collections.pull}/${rkey}`;
  const cid = record.rounds?.at(-1)?.patchBlob.ref.$link ?? null;
  const nothing = (why: string): NewEvent =>
    asksNothing('pull_request', {
      deliveryId: `${uri}@${cid ?? ''}`,
      repo: houseRepo(needs.net, repo, null, false),
      actor: actorOf(did, repo),
      note: `the pull request ${uri}: ${why}`,
    });
  const { source } = record;
  if (source === null) return nothing('it proposes a patch, and no branch: it runs when somebody starts it');
  if (source.repo) return nothing('it comes from a fork: it runs when somebody who may push starts it');
  if (cid === null) return nothing('it has no rounds');
  try {
    const blob = await patiently(
      needs.clock,
      limit => needs.pds.blob(did, cid, mostPackedBytes, limit),
      signal,
    );
    const commit = await proposedCommit(cid, blob);
    return await proposal(needs, { repo, uri, did, record, branch: source.branch, commit }, nothing, signal);
  } catch (error) {
    signal.throwIfAborted();
    return nothing(SignalboxError.from(error).message);
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
  if (!isRefName(ref)) return nothing(`"${cut(branch)}" is no name of a branch`);
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
        // The commit is at the tip of a branch of the repository: somebody who may push has put it there.
        authorIsMember: true,
      },
    },
    files,
  );
}

const repoOf = ({ rights }: Pick<PullNeeds, 'rights'>, record: unknown): TangledRepo | undefined => {
  const read = pullRecord.safeParse(record);
  return read.success ? rights.find(read.data.target.repo) : undefined;
};
