import type { Config } from '../config/config.ts';
import type { Reporter } from '../contracts/reporter.ts';
import type { HttpSource } from '../contracts/source.ts';
import type { RunId } from '../domain/id.ts';
import { createGiteaReporter } from '../reporters/gitea.ts';
import { createGithubReporter } from '../reporters/github.ts';
import { createGitlabReporter } from '../reporters/gitlab.ts';
import { createGiteaSource } from '../sources/gitea/source.ts';
import { createGithubSource } from '../sources/github/source.ts';
import { createGitlabSource } from '../sources/gitlab/source.ts';

/** A forge that the configuration names. */
export interface Forge {
  readonly source: HttpSource;
  /** Null where there is no token to tell it anything with. */
  readonly reporter: Reporter | null;
  /** What must not be read anywhere. */
  readonly secrets: readonly string[];
  /** What opens its private repositories, and the one origin that may see it; null when nothing does. */
  readonly key: { readonly token: string; readonly origin: string } | null;
}

/** Makes the way in and the way out of every forge that there is. */
export function forgesOf(
  { github, gitlab, gitea }: Config,
  runUrl: ((run: RunId) => string) | null,
): readonly Forge[] {
  const forge = (
    source: HttpSource,
    secrets: readonly string[],
    [token, api]: readonly [string | null, string | null],
    createReporter: typeof createGithubReporter,
  ): Forge =>
    token === null || api === null
      ? { source, reporter: null, secrets, key: null }
      : {
          source,
          reporter: createReporter({ token, api, runUrl }),
          secrets: [...secrets, token],
          key: { token, origin: originOf(api) },
        };
  const all = [
    github &&
      forge(createGithubSource(github), github.secrets, [github.token, github.api], createGithubReporter),
    gitlab &&
      forge(
        createGitlabSource(gitlab),
        [...gitlab.tokens, ...gitlab.secrets],
        [gitlab.apiToken, gitlab.api],
        createGitlabReporter,
      ),
    gitea && forge(createGiteaSource(gitea), gitea.secrets, [gitea.token, gitea.api], createGiteaReporter),
  ];
  return all.filter(forge => forge !== null);
}

/** The token that opens a clone URL: only that of the forge which the URL leads to; null when there is none. */
export function tokenFor(forges: readonly Forge[], url: string): string | null {
  const origin = URL.parse(url)?.origin;
  return forges.find(({ key }) => key?.origin === origin)?.key?.token ?? null;
}

/** Where the repositories are whose API this is: GitHub's own services have a host for each. */
const originOf = (api: string): string =>
  new URL(api).origin.replace(/^https:\/\/api\.(github\.com|[\w-]+\.ghe\.com)$/, 'https://$1');
