import type { Repo } from './event.ts';
import type { EventId, RunId } from './id.ts';
import type { Run, RunStatus } from './run.ts';

/** One thing the outside should hear about one run: where it stands now. */
export interface Report {
  readonly reporter: string;
  /**
   * What outside it is about: one reporter, repository, commit and rule, or workflow; without a commit, the run itself. Of
   * all the reports on one subject only that of the youngest run's latest version is worth telling.
   */
  readonly subject: string;
  readonly run: RunId;
  readonly version: number;
  /** The rule's name, with that of the workflow where the run is of one. */
  readonly rule: string;
  readonly event: EventId;
  readonly repo: Repo | null;
  /** Null: there is no commit to speak of. */
  readonly sha: string | null;
  readonly status: RunStatus;
}

/** A report that a forge can show with a commit. */
export type CommitReport = Report & { readonly repo: Repo; readonly sha: string };

export const isOfCommit = (report: Report): report is CommitReport =>
  report.repo !== null && report.sha !== null;

/** How a report stands with the outside. */
export interface ReportState {
  readonly reporter: string;
  readonly state: 'waiting' | 'sent' | 'replaced' | 'given up';
  readonly tries: number;
  readonly error: string | null;
  readonly nextTryAt: number | null;
  /** When the outside heard it; null while it has not. */
  readonly sentAt: number | null;
}

/** Who tells people of runs, and not a forge of commits: hears of those that have none as well. */
const tellsPeople: ReadonlySet<string> = new Set(['discord', 'hook']);

/** What the outside should hear of a run as it is now. A commit that is still to be looked up is waited for. */
export function reports(run: Run): Report[] {
  const { repo, revision, workflow } = run.plan;
  const sha = revision?.sha ?? null;
  if (revision !== null && sha === null && run.status.state !== 'finished') return [];
  const hasCommit = repo !== null && sha !== null;
  const rule = workflow === null ? run.rule : `${run.rule}/${workflow.name}`;
  const reporters = run.plan.report.filter(reporter => hasCommit || tellsPeople.has(reporter));
  return reporters.map(reporter => ({
    reporter,
    subject: JSON.stringify(hasCommit ? [reporter, repo.name, sha, rule] : [reporter, run.id]),
    run: run.id,
    version: run.version,
    rule,
    event: run.event,
    repo,
    sha,
    status: run.status,
  }));
}

/** A run's state in a few words, for status lines: `failed with exit code 2 after 12 s`. */
export function describe(status: RunStatus): string {
  switch (status.state) {
    case 'blocked':
      return `waiting for approval: ${status.reason}`;
    case 'queued':
      return status.reason === null ? 'queued' : `queued: ${status.reason}`;
    case 'running':
      return status.cancelling === null ? 'running' : `cancelling: ${status.cancelling.reason}`;
    case 'finished': {
      const seconds =
        status.startedAt === null ? '' : ` after ${duration(status.finishedAt - status.startedAt)}`;
      const why = status.reason === null ? '' : `: ${status.reason}`;
      switch (status.outcome) {
        case 'success':
          return `succeeded${seconds}`;
        case 'failure':
          return `failed${status.exitCode === null ? '' : ` with exit code ${status.exitCode}`}${seconds}${why}`;
        case 'error':
          return `could not run${why}`;
        case 'timeout':
          return `timed out${seconds}${why}`;
        case 'cancelled':
        case 'superseded':
        case 'skipped':
        case 'lost':
          return `${status.outcome}${why}`;
      }
    }
  }
}

/** `840 ms`, `2.5 s`, `12 s`, `3 min 5 s`, `10 min`, `2 h 4 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  const s = Math.round(ms / 1000);
  if (s < 60) return ms < 9_950 && ms % 1000 !== 0 ? `${(ms / 1000).toFixed(1)} s` : `${s} s`;
  if (s < 3600) return both(Math.floor(s / 60), 'min', s % 60, 's');
  return both(Math.floor(s / 3600), 'h', Math.floor((s % 3600) / 60), 'min');
}

const both = (large: number, its: string, small: number, theirs: string): string =>
  small === 0 ? `${large} ${its}` : `${large} ${its} ${small} ${theirs}`;
