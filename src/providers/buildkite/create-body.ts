import type { BuildOrder } from '../../contracts/provider.ts';
import type { Event } from '../../domain/event.ts';
import type { Json } from '../../domain/json.ts';
import type { BuildSettings } from './settings.ts';

/** What a build is found again by. */
export const runKey = 'signalbox:run';

/** Longer titles are nobody's. */
const longestMessage = 200;

/** The request that makes a build. */
export function createBody(order: BuildOrder, settings: BuildSettings): { readonly [key: string]: Json } {
  const { event, sha, env } = order;
  return {
    commit: sha ?? 'HEAD',
    branch: branchOf(event),
    message: (settings.message ?? messageOf(order)).slice(0, longestMessage).toWellFormed(),
    env,
    meta_data: metaData(order),
    ...(settings.cleanCheckout ? { clean_checkout: true } : {}),
    ...(settings.ignoreBranchFilters ? { ignore_pipeline_branch_filters: true } : {}),
    ...pullRequest(event),
  };
}

/** Texts only. Those of tack's name are what its users look for. */
function metaData({ run, rule, event, workflow }: BuildOrder): Readonly<Record<string, string>> {
  const ours = { [runKey]: run, 'signalbox:rule': rule, 'signalbox:event': event.id };
  if (workflow === null) return ours;
  const { knot, rkey, name } = workflow;
  return {
    ...ours,
    'signalbox:knot': knot,
    'signalbox:pipeline_rkey': rkey,
    'signalbox:workflow': name,
    'tack:knot': knot,
    'tack:pipeline_rkey': rkey,
    'tack:workflow': name,
  };
}

/**
 * Buildkite knows branches alone: a tag is one of its name, and a fork's branch has its owner before it. What pipelines let
 * a branch of the repository do, such as to deploy, code of a fork never gets by its name.
 */
function branchOf({ patch, branch, ref, repo, pipeline }: Event): string {
  const [, name] = /^refs\/(?:heads|tags)\/(.+)$/.exec(ref ?? '') ?? [];
  const proposed = (patch === null ? name : patch.from.branch) || 'HEAD';
  const fork = patch?.fromFork ? (patch.from.repo ?? '') : (pipeline?.sourceRepo ?? null);
  if (fork !== null) return `${fork.split('/', 1)[0] || 'fork'}:${proposed}`;
  if (patch !== null) return proposed;
  return branch ?? name ?? repo?.defaultBranch ?? 'main';
}

function messageOf({ event, sha, rule, workflow }: BuildOrder): string {
  if (event.patch !== null) return event.patch.title;
  const head = event.commits.find(commit => commit.sha === sha);
  const [subject = ''] = (head?.message ?? '').split('\n', 1);
  if (subject.trim() !== '') return subject;
  const what = event.repo?.name ?? rule;
  return `${what}: ${workflow?.name ?? rule}${sha === null ? '' : ` @ ${sha.slice(0, 7)}`}`;
}

function pullRequest({ patch, branch }: Event): { readonly [key: string]: Json } {
  if (patch === null || !/^[0-9]{1,9}$/.test(patch.number)) return {};
  return {
    pull_request_id: Number(patch.number),
    ...(branch === null ? {} : { pull_request_base_branch: branch }),
  };
}
