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
 * Tells a Gitea or Forgejo (by its `api` base: `https://git.example.org/api/v1`) the state of a run as a commit status.
 * The token needs the scope `write:repository`.
 */
export function createGiteaReporter({ token, api, runUrl }: ForgeOptions): Reporter {
  async function report(report: Report, signal: AbortSignal): Promise<Reported> {
    if (!isOfCommit(report)) return noCommit;
    const { repo, sha, rule, status } = report;
    if (repo.forge !== 'gitea' || !isRepositoryName(repo.name, 2) || !isCommitId(sha))
      return { result: 'refused', error: `${repo.name} at ${sha} is no commit on Gitea` };
    return tell(
      {
        forge: 'Gitea',
        url: `${withoutSlash(api)}/repos/${repo.name}/statuses/${sha}`,
        headers: { authorization: `token ${token}`, accept: 'application/json' },
        body: { state: fourStates(status), context: `signalbox/${rule}`, ...wordsOf(report, runUrl) },
        secret: token,
        refusal: answer => refusal(answer, repo.name),
      },
      signal,
    );
  }

  return { name: 'gitea', report };
}

function refusal(answer: number, repo: string): string {
  switch (answer) {
    case 401:
      return 'sources.gitea.token is wrong or has expired; make a new one';
    case 403:
    case 404:
      return `give sources.gitea.token the scope write:repository, and its owner write access to ${repo}`;
    case 400:
    case 422:
      return `it does not take the status; ${repo} may not have the commit (any more)`;
    default:
      return 'not an answer that the statuses API is known to give; check sources.gitea.api';
  }
}
