import { version } from '../../version.ts';
import type { Facts, ReportedEvent, ReportedRun } from './report-facts.ts';

/** `status.json`, in the words of the original. */
export function statusOf({ runs, events, queued }: Facts, at: string): object {
  const [latest] = runs;
  return {
    timestamp: at,
    broker_event_counter: events.length,
    ci_broker_version: version,
    ci_broker_git_commit: 'signalbox',
    latest_broker_event: events.map(ciEvent).find(event => event !== null) ?? null,
    latest_ci_run: latest === undefined ? null : runOf(latest),
    event_queue_length: queued,
  };
}

/** An event as brokers write it; null for what they have no word for. */
function ciEvent({
  type,
  action,
  branch,
  before,
  after,
  repo,
  patch,
  radicle,
}: ReportedEvent): object | null {
  const common = { from_node: radicle?.namespace ?? null, repo: repo?.name ?? null };
  if (patch !== undefined)
    return tagged(action === 'created' ? 'PatchCreated' : 'PatchUpdated', {
      ...common,
      patch: patch.number,
      new_tip: after,
    });
  if (type !== 'push') return null;
  if (action === 'created') return tagged('BranchCreated', { ...common, branch, tip: after });
  if (action === 'deleted') return tagged('BranchDeleted', { ...common, branch, tip: before });
  return tagged('BranchUpdated', { ...common, branch, tip: after, old_tip: before });
}

const tagged = (name: string, fields: object): object => ({ V1: { [name]: fields } });

/** A run as brokers keep it. */
function runOf(run: ReportedRun): object {
  const { id, adapterRun, link, repo, name, queuedAt, outcome } = run;
  return {
    broker_run_id: { id },
    adapter_run_id: adapterRun === null ? null : { id: adapterRun },
    adapter_info_url: link,
    repo_id: repo,
    repo_name: name,
    timestamp: queuedAt.replace('T', ' ').replace(/(?:\.\d+)?Z$/, 'Z'),
    whence: whenceOf(run),
    state: stateOf(run),
    // What is neither is none: only an adapter can say which of the two it is.
    result: outcome === 'success' || outcome === 'failure' ? outcome : null,
  };
}

function whenceOf({ event, ref, sha }: ReportedRun): object {
  const { actor, branch, patch } = event;
  const who = [actor.id ?? '', ...(actor.name === null ? [] : [`(${actor.name})`])].join(' ');
  return patch === undefined
    ? { Branch: { name: branch ?? ref, commit: sha, who } }
    : { Patch: { patch: patch.number, commit: sha, revision: null, who } };
}

function stateOf({ state }: ReportedRun): string {
  return state === 'running' || state === 'finished' ? state : 'triggered';
}
