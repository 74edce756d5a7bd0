import type { Reported, Reporter } from '../contracts/reporter.ts';
import { isOfCommit, type Report } from '../domain/report.ts';
import { fourStates } from './four-states.ts';
import {
  type ForgeOptions,
  isCommitId,
  isRepositoryName,
  noCommit,
  tell,
  withoutSlash,
  wordsOf,
} from './http-report.ts';

/**
 * Tells GitHub (or GitHub Enterprise, by its `api` base: `https://github.example.org/api/v3`) the state of a run as a
 * commit status. The token needs "Commit statuses: write".
 */
export function createGithubReporter({ token, api, runUrl }: ForgeOptions): Reporter {
  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    if (!isOfCommit(report)) return noCommit;
    const { repo, sha, rule, status } = report;
    if (repo.forge !== 'github' || !isRepositoryName(repo.name, 2) || !isCommitId(sha))
      return { result: 'refused', error: `${repo.name} at ${sha} is no commit on GitHub` };
    return tell(
      {
        forge: 'GitHub',
        url: `${withoutSlash(api)}/repos/${repo.name}/statuses/${sha}`,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/vnd.github+json',
          'x-github-api-version': '2022-11-28',
        },
        body: { state: fourStates(status), context: `signalbox/${rule}`, ...wordsOf(report, runUrl) },
        secret: token,
        refusal: answer => refusal(answer, repo.name),
      },
      signal,
    );
  }

  return { name: 'github', report };
}

function refusal(answer: number, repo: string): string {
  switch (answer) {
    case 401:
      return 'sources.github.token is wrong or has expired; make a new one';
    case 403:
    case 404:
      return `give sources.github.token "Commit statuses: write" on ${repo}`;
    case 422:
      return `it does not take the status; ${repo} may not have the commit (any more)`;
    default:
      return 'not an answer that the statuses API is known to give; check sources.github.api';
  }
}
