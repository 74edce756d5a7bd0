import { z } from 'zod';
import type { GiteaConfig, GithubConfig, GitlabConfig } from './config.ts';
import { duration, httpUrl, oneOrMany, text } from './schema-parts.ts';

const anyOfThem = 'With a list, any of them may have signed, so that it can be changed without a gap.';

const apiToken = (description: string, example: string) =>
  text(4096)
    .optional()
    .meta({ description, examples: [example] });

const owner = '[A-Za-z0-9][A-Za-z0-9-]{0,99}';
const named = (pattern: string, error: string) =>
  z
    .array(z.string().regex(new RegExp(`^${pattern}$`), { error }))
    .max(1000, { error: 'there are more than 1000' });

const catchUp: z.ZodType<GithubConfig['catchUp']> = z
  .strictObject({
    repositories: named(`${owner}/(?!\\.+$)[\\w.-]{1,100}`, 'write owner/name')
      .optional()
      .meta({
        description:
          'Repositories whose webhooks are asked. When left out, those that events have come from and those that rules name; `[]` is none.',
        examples: [['acme/app']],
      }),
    organizations: named(owner, "write the organization's name")
      .prefault([])
      .meta({ description: 'Organizations whose webhooks are asked.', examples: [['acme']] }),
    every: duration('1s', '1d')
      .prefault('5m')
      .meta({
        description:
          'How often (a duration), beside at every start; less often where it would take more than a thousand requests an hour.',
        examples: ['15m'],
      }),
  })
  .transform(({ repositories, organizations, every }) => ({
    repositories: repositories ?? null,
    organizations,
    everyMs: every,
  }));

export const github: z.ZodType<GithubConfig> = z
  .strictObject({
    secret: oneOrMany(text(1024)).meta({
      description: `The webhook's secret, by reference. ${anyOfThem}`,
      examples: ['${env:GITHUB_WEBHOOK_SECRET}'],
    }),
    token: apiToken(
      'A token, by reference, that may write commit statuses, and to catch up read webhooks. Without it GitHub is neither told nor asked anything.',
      '${env:GITHUB_TOKEN}',
    ),
    api: httpUrl.prefault('https://api.github.com').meta({
      description: 'The address of the API; another one for GitHub Enterprise.',
      examples: ['https://github.example.org/api/v3'],
    }),
    catchUp: catchUp.prefault({}).meta({
      description:
        'With a `token`, deliveries that never arrived are fetched through GitHub\'s API: of webhooks that lead to `public.url`, or, where that is not set, that have delivered here before. The token needs "Webhooks: read" (a classic one `read:repo_hook`, for organizations `admin:org_hook`).',
      examples: [{ organizations: ['acme'] }],
    }),
  })
  .transform(({ secret, token, api, catchUp }) => ({ secrets: secret, token: token ?? null, api, catchUp }));

/** At least as long a key as Standard Webhooks asks for. */
const signingToken = text(1024).refine(value => /^whsec_[A-Za-z0-9+/]{32,}={0,2}$/.test(value), {
  error: "is no signing token of GitLab: one begins with whsec_; a secret token is the webhook's `token`",
});

export const gitlab: z.ZodType<GitlabConfig> = z
  .strictObject({
    token: oneOrMany(text(1024))
      .optional()
      .meta({
        description:
          "The webhook's secret token, by reference, which GitLab sends along. With a list, any of them may come, so that it can be changed without a gap. Either this or `secret`, or both while one takes the other's place.",
        examples: ['${env:GITLAB_WEBHOOK_TOKEN}'],
      }),
    secret: oneOrMany(signingToken)
      .optional()
      .meta({
        description: `The webhook's signing token (\`whsec_…\`), by reference: safer than \`token\`, as it never leaves GitLab. ${anyOfThem}`,
        examples: ['${env:GITLAB_WEBHOOK_SECRET}'],
      }),
    apiToken: apiToken(
      'An access token with the scope `api` and the role Developer, by reference: it writes commit statuses, and clones private projects. Without it GitLab is not told anything.',
      '${env:GITLAB_TOKEN}',
    ),
    api: httpUrl.prefault('https://gitlab.com/api/v4').meta({
      description: 'The address of the API; another one for a GitLab of your own.',
      examples: ['https://gitlab.example.org/api/v4'],
    }),
  })
  .transform(({ token = [], secret = [], apiToken, api }, context) => {
    if (token.length + secret.length === 0)
      context.addIssue("needs the webhook's secret token as `token`, or its signing token as `secret`");
    return { tokens: token, secrets: secret, apiToken: apiToken ?? null, api };
  });

export const gitea: z.ZodType<GiteaConfig> = z
  .strictObject({
    secret: oneOrMany(text(1024)).meta({
      description: `The webhook's secret, by reference. ${anyOfThem}`,
      examples: ['${env:GITEA_WEBHOOK_SECRET}'],
    }),
    token: apiToken(
      'An access token with the scope `write:repository`, by reference: it writes commit statuses, and clones private repositories. Without it nobody is told anything.',
      '${env:GITEA_TOKEN}',
    ),
    api: httpUrl.optional().meta({
      description: 'The address of the API; needed for the `token`.',
      examples: ['https://git.example.org/api/v1'],
    }),
  })
  .transform(({ secret, token, api }, context) => {
    if (token !== undefined && api === undefined)
      context.addIssue({
        code: 'custom',
        path: ['api'],
        message: 'write where the token is good, such as https://git.example.org/api/v1',
      });
    return { secrets: secret, token: token ?? null, api: api ?? null };
  });
