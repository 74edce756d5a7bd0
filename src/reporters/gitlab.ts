import type { Reported, Reporter } from '../contracts/reporter.ts';
import { isOfCommit, type Report } from '../domain/report.ts';
import type { RunStatus } from '../domain/run.ts';
import {
  type ForgeOptions,
  isCommitId,
  isRepositoryName,
  noCommit,
  tell,
  withoutSlash,
  wordsOf,
} from './http-report.ts';

/** A project lies in up to 20 groups within each other. */
const deepestName = 21;

/**
 * Tells GitLab (any, by its `api` base: `https://gitlab.example.org/api/v4`) the state of a run as a commit status. The
 * token needs the scope `api`, and its owner the role Developer.
 */
export function createGitlabReporter({ token, api, runUrl }: ForgeOptions): Reporter {
  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    if (!isOfCommit(report)) return noCommit;
    const { repo, sha, rule, status } = report;
    if (repo.forge !== 'gitlab' || !isRepositoryName(repo.name, deepestName) || !isCommitId(sha))
      return { result: 'refused', error: `${repo.name} at ${sha} is no commit on GitLab` };
    return tell(
      {
        forge: 'GitLab',
        url: `${withoutSlash(api)}/projects/${encodeURIComponent(repo.name)}/statuses/${sha}`,
        headers: { 'private-token': token, accept: 'application/json' },
        body: { state: stateOf(status), name: `signalbox/${rule}`, ...wordsOf(report, runUrl) },
        secret: token,
        refusal: (answer, message) => refusal(answer, message, repo.name),
      },
      signal,
    );
  }

  return { name: 'gitlab', report };
}

function stateOf(status: RunStatus): 'pending' | 'running' | 'success' | 'failed' | 'canceled' {
  switch (status.state) {
    case 'blocked':
    case 'queued':
      return 'pending';
    case 'running':
      return 'running';
    case 'finished':
      switch (status.outcome) {
        case 'success':
          return 'success';
        case 'failure':
        case 'timeout':
        case 'error':
        case 'lost':
          return 'failed';
        case 'cancelled':
        case 'superseded':
        case 'skipped':
          return 'canceled';
      }
  }
}

function refusal(answer: number, message: string, repo: string): string | null {
  // A status that stands at this state already, or one further on: it has heard this, and the last word will be taken.
  if (answer === 400 && /cannot transition status/i.test(message)) return null;
  switch (answer) {
    case 401:
      return 'sources.gitlab.apiToken is wrong or has expired; make a new one';
    case 403:
      return `give sources.gitlab.apiToken the scope api, and its owner the role Developer in ${repo}`;
    case 404:
      return `no branch or tag of ${repo} that the owner of sources.gitlab.apiToken can see has the commit; one that only a fork has cannot be told about`;
    case 400:
    case 422:
      return 'it does not take the status';
    default:
      return 'not an answer that the statuses API is known to give; check sources.gitlab.api';
  }
}
