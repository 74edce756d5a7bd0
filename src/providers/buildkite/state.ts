import type { BuildJob, BuildNow } from '../../contracts/provider.ts';
import type { Ending } from '../../domain/run.ts';
import { cut } from '../../domain/shown.ts';
import type { WireBuild, WireJob } from './wire.ts';

/**
 * What a build's state means for its run:
 *
 *   creating scheduled waiting · running failing canceling waiting_failed    it goes on
 *   blocked, or any but canceled with `blocked`                              it goes on: somebody may unblock it
 *   passed     success           failed     failure, or timeout when that is all that failed
 *   canceled   cancelled         skipped    cancelled: there is a newer build
 *   not_run    success: no step had anything to do
 *
 * A state that is not known changes nothing.
 */
export function buildNow(build: WireBuild): BuildNow {
  const jobs = build.jobs.filter(({ type }) => type !== 'waiter').map(jobOf);
  const isBlocked = build.state === 'blocked' || (build.blocked && build.state !== 'canceled');
  if (isBlocked) {
    const where = build.url === null ? '' : ` at ${build.url}`;
    return { jobs, waitsFor: `the build waits for somebody to unblock it${where}`, ending: null };
  }
  return { jobs, waitsFor: null, ending: endingOf(build) };
}

export const knownStates: ReadonlySet<string> = new Set([
  'creating',
  'scheduled',
  'waiting',
  'running',
  'failing',
  'canceling',
  'waiting_failed',
  'blocked',
  'passed',
  'failed',
  'canceled',
  'skipped',
  'not_run',
]);

function endingOf({ state, cancelReason, jobs }: WireBuild): Ending | null {
  switch (state) {
    case 'passed':
      return { outcome: 'success', exitCode: 0, reason: null };
    case 'not_run':
      return { outcome: 'success', exitCode: 0, reason: 'no step of the build had anything to do' };
    case 'failed':
      return failure(jobs);
    case 'canceled': {
      const why = cancelReason ? `: ${cut(cancelReason, 200)}` : '';
      return { outcome: 'cancelled', exitCode: null, reason: `canceled on Buildkite${why}` };
    }
    case 'skipped':
      return { outcome: 'cancelled', exitCode: null, reason: 'skipped by Buildkite: there is a newer build' };
    default:
      return null;
  }
}

const failedStates: ReadonlySet<string> = new Set(['failed', 'timed_out', 'broken', 'expired', 'finished']);

/** The first job that failed tells why. */
function failure(jobs: readonly WireJob[]): Ending {
  const hard = jobs.filter(
    ({ state, softFailed, retried, exitStatus }) =>
      failedStates.has(state) && !(state === 'finished' && exitStatus === 0) && !softFailed && !retried,
  );
  const [first] = hard;
  if (first === undefined) return { outcome: 'failure', exitCode: null, reason: null };
  const outcome = hard.every(({ state }) => state === 'timed_out') ? 'timeout' : 'failure';
  return { outcome, exitCode: first.exitStatus, reason: `${nameOf(first)}: ${fate(first)}` };
}

function fate({ state, exitStatus, signal }: WireJob): string {
  if (state === 'timed_out') return 'timed out';
  if (state === 'expired') return 'expired before an agent took it';
  if (state === 'broken') return 'broken: its dependencies or conditions kept it from running';
  if (signal) return `ended by ${cut(signal, 40)}`;
  return exitStatus === null ? 'failed' : `exit ${exitStatus}`;
}

const overWithLog: ReadonlySet<string> = new Set(['passed', 'failed', 'canceled', 'timed_out', 'finished']);
const running: ReadonlySet<string> = new Set(['running', 'canceling', 'timing_out']);
/** Never began, and never will. */
const neverBegan: ReadonlyMap<string, string> = new Map([
  ['waiting_failed', 'was not begun: what it waited for has failed'],
  ['blocked_failed', 'was not begun: the build failed before it was unblocked'],
  ['unblocked_failed', 'was not begun: the build had failed'],
  ['skipped', 'was skipped'],
  ['broken', 'did not run: its dependencies or conditions kept it from that'],
  ['expired', 'expired before an agent took it'],
]);

function jobOf(job: WireJob): BuildJob {
  const { id, type, state, command, startedAt } = job;
  const told = { id, name: nameOf(job), command, startedAt };
  const remark = neverBegan.get(state) ?? null;
  if (remark !== null) return { ...told, state: 'over', hasLog: false, remark };
  if (type === 'manual') {
    const word = state === 'blocked' ? 'waits for somebody to unblock it' : 'was unblocked';
    return {
      ...told,
      state: /^(?:un)?blocked$|^finished$/.test(state) ? 'over' : 'waiting',
      hasLog: false,
      remark: word,
    };
  }
  if (overWithLog.has(state)) {
    const hasLog = type === 'script' && startedAt !== null;
    return { ...told, state: 'over', hasLog, remark: hasLog ? null : overWord(state) };
  }
  return {
    ...told,
    state: running.has(state) ? 'running' : 'waiting',
    hasLog: type === 'script',
    remark: null,
  };
}

const overWord = (state: string): string => (state === 'canceled' ? 'was canceled' : state.replace('_', ' '));

/** Its label without pictures, else what it executes. */
function nameOf({ name, stepKey, command, parallel }: WireJob): string {
  const words = (name ?? '')
    .replaceAll(/:[a-z0-9_+-]+:/g, '')
    .replaceAll(/\s+/g, ' ')
    .trim();
  const [line = ''] = (command ?? '').trim().split('\n', 1);
  const called = cut(words || stepKey || line || 'job');
  return parallel === null ? called : `${called} (${parallel.index + 1}/${parallel.total})`;
}
