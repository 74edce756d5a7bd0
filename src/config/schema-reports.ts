import { z } from 'zod';
import { occasions } from '../domain/occasion.ts';
import type { DiscordConfig, HookReportConfig, ReportsConfig } from './config.ts';
import { httpUrl, oneOrMany } from './schema-parts.ts';

const discord: z.ZodType<DiscordConfig> = z.strictObject({
  url: httpUrl.meta({
    description: 'The address of a webhook of the channel, by reference: whoever knows it may write there.',
    examples: ['${env:DISCORD_WEBHOOK}'],
  }),
  mention: z
    .string()
    .max(200, { error: 'is longer than 200 characters' })
    .prefault('')
    .meta({
      description:
        'Whom to call: stands before the news of a start, and of an end that is no success. Nobody else is called, whatever a job prints.',
      examples: ['@here', '<@&123456789012345678>'],
    }),
  when: oneOrMany(z.enum(occasions))
    .prefault(['always'])
    .meta({
      description:
        'What is told: starts and ends (`always`), ends that are no success (`failure`), the first success after such a one (`fixed`), or both turns (`change`). The run before is that of the same rule, repository and ref.',
      examples: [['failure', 'fixed']],
    }),
});

const hook: z.ZodType<HookReportConfig> = z
  .strictObject({
    url: httpUrl
      .refine(url => !/^https?:\/\/[^/?#]*@/.test(url), { error: 'a name or password cannot stand here' })
      .meta({
        description: 'What is called at each change of a run, by POST.',
        examples: ['https://example.org/runs'],
      }),
    secret: oneOrMany(hookSecret()).meta({
      description:
        'What calls are signed with, as [Standard Webhooks](https://www.standardwebhooks.com) has it, by reference. With a list, by each of them, so that it can be changed without a gap.',
      examples: ['${env:HOOK_SECRET}'],
    }),
    allowPrivateHosts: z
      .boolean()
      .prefault(false)
      .meta({
        description: 'Allow an address in a private network, or on this machine.',
        examples: [true],
      }),
  })
  .transform(({ url, secret, allowPrivateHosts }) => ({
    url,
    secrets: secret,
    allowsPrivateHosts: allowPrivateHosts,
  }));

/** Base64 of 24 to 64 bytes. */
function hookSecret(): z.ZodType<string> {
  return z.string().regex(/^(?:whsec_)?[A-Za-z0-9+/]{32,86}={0,2}$/, {
    error:
      'is no secret of Standard Webhooks: "whsec_" and 24 to 64 bytes in base64, such as `openssl rand -base64 32` makes',
  });
}

/** Who beside forges can be told how runs stand. */
export const reports: z.ZodType<ReportsConfig> = z
  .strictObject({
    discord: discord.optional().meta({
      description: 'A channel of Discord.',
      examples: [{ url: '${env:DISCORD_WEBHOOK}', mention: '@here', when: ['failure', 'fixed'] }],
    }),
    hook: hook.optional().meta({
      description:
        'A webhook: it hears each change of a run, as `{"type": "run.finished", "timestamp": "…", "data": {"run": …, "event": …, "repo": …, "ref": …, "branch": …, "sha": …}}`; of a run without a repository these are null. Where it does not answer it is called again, with the same `webhook-id`.',
      examples: [{ url: 'https://example.org/runs', secret: '${env:HOOK_SECRET}' }],
    }),
  })
  .transform(({ discord, hook }) => ({ discord: discord ?? null, hook: hook ?? null }));
