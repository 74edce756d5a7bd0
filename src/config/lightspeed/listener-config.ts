import type { Surroundings } from '../../lib/references.ts';
import type { Listener } from './listener.ts';
import { listenerRule, type RuleText } from './listener-rule.ts';

/** A configuration file that does what a listener does, and in sentences what is different then. */
export function listenerConfig(
  listener: Listener,
  from: Surroundings,
): { readonly config: object; readonly differences: readonly string[] } {
  const { githubToken, discord } = listener;
  const rule = listenerRule(listener, from);
  const config = {
    version: 1,
    sources: {
      github: {
        secret: '${env:GITHUB_WEBHOOK_SECRET}',
        ...(githubToken === null ? {} : { token: '${env:GITHUB_TOKEN}' }),
      },
    },
    ...(discord === null
      ? {}
      : {
          reports: {
            discord: {
              url: '${env:DISCORD_WEBHOOK}',
              ...(discord.mention === '' ? {} : { mention: discord.mention }),
            },
          },
        }),
    rules: [rule],
  };
  return { config, differences: differences(listener, rule) };
}

function differences(listener: Listener, rule: RuleText): readonly string[] {
  const { name, branches, files, lockFile, discord, githubToken, unknown } = listener;
  return [
    'GitHub calls /github instead of /receive_hook, and signs: set GITHUB_WEBHOOK_SECRET, here and in the settings of the webhook',
    'repo: these are the words that the name begins or ends with, of any owner; leave only the repository that is meant, as owner/name',
    ...(rule.name === name ? [] : [`name: rules have no capitals: ${name} is ${rule.name}`]),
    ...(branches.length === 0
      ? []
      : ['branch: a branch is meant by its whole name, not by what follows its last slash; tags have none']),
    ...(files.length === 0 ? [] : ['if: files that were added or removed count as well as changed ones']),
    ...(lockFile === null
      ? []
      : [
          'concurrency: runs wait for each other as long as it takes, instead of being dropped after 180 s; other programs that hold the lock file are not waited for',
        ]),
    'run: the job has $branch and a few common variables, but not all that the listener had: add what it needs to env and secrets',
    ...(githubToken === null ? [] : ['put the value of github_status_token into GITHUB_TOKEN']),
    ...(discord === null ? [] : ['put the value of discord_hook into DISCORD_WEBHOOK']),
    ...unknown.map(key => `${key}: this key is not known, and left out`),
  ];
}
