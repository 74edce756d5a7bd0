import type { Repo } from '../../src/domain/event.ts';

/** What stands between a repository's page and those of its commits; forges that are not here have pages of other kinds. */
const between: Readonly<Record<string, string>> = { github: '', gitea: '', gitlab: '/-' };

/** Where the forge shows a commit; null where nobody knows. */
export function commitPage(repo: Repo | null, sha: string): string | null {
  const page = pageOf(repo);
  return page && `${page}/commit/${sha}`;
}

/** Where the forge shows what lies between two commits; null where nobody knows. */
export function changesPage(repo: Repo | null, before: string, after: string): string | null {
  const page = pageOf(repo);
  return page && `${page}/compare/${before}...${after}`;
}

/** The address of a repository, from the one that it is cloned from. */
function pageOf(repo: Repo | null): string | null {
  const rest = repo && between[repo.forge];
  if (repo === null || rest === undefined || rest === null || !URL.canParse(repo.url)) return null;
  const { protocol, host, pathname } = new URL(repo.url);
  if (protocol !== 'https:' && protocol !== 'http:') return null;
  return `${protocol}//${host}${pathname.replace(/(?:\.git)?\/?$/, '')}${rest}`;
}
