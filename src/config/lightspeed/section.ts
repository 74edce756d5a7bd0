import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rule } from '../../domain/rule.ts';
import { resolvePath, type Surroundings, systemError } from '../../lib/references.ts';
import type { LightspeedConfig, ListenerConfig } from '../config.ts';
import { type Finding, finding } from '../problem.ts';
import { noAgents } from '../rule-checks.ts';
import { compileRule, isStartedByEvents } from '../rules.ts';
import type { WrittenLightspeed } from '../schema-lightspeed.ts';
import { ruleSchema, type WrittenRule } from '../schema-rule.ts';
import { type Listener, readListener } from './listener.ts';
import { listenerRule } from './listener-rule.ts';

/** The section as the program uses it, with what is wrong with it. */
export function compileLightspeed(
  { listeners, pool, admin }: WrittenLightspeed,
  githubSecrets: readonly string[] | null,
  from: Surroundings,
): { readonly config: LightspeedConfig; readonly problems: readonly Finding[] } {
  const problems: Finding[] = [];
  const compiled = listeners.flatMap((path, n) => {
    const file = resolvePath(path, from);
    const read = compileListener(file, from);
    if ('name' in read) return [{ ...read, rule: { ...read.rule, pool } }];
    problems.push(finding(['lightspeed', 'listeners', n], `${file}: ${read.message}`));
    return [];
  });
  const own = from.env['GITHUB_WEBHOOK_SECRET'];
  return {
    config: {
      listeners: compiled,
      hasAdmin: admin,
      secrets: githubSecrets ?? (own ? [own] : []),
    },
    problems,
  };
}

/** Names that are given twice, and a door that is open to everybody. */
export function checkLightspeed(
  config: LightspeedConfig | null,
  rules: readonly WrittenRule[],
  hasAgents: boolean,
): { readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] } {
  if (config === null) return { problems: [], warnings: [] };
  const names = [...rules, ...config.listeners].map(({ name }) => name);
  const double = new Set(names.filter((name, n) => names.indexOf(name) < n));
  const isOpen = config.secrets.length === 0;
  const open = (what: string) =>
    finding(
      ['lightspeed'],
      `everybody who reaches the public door may start ${what}: set GITHUB_WEBHOOK_SECRET, here and as the secret of the webhook`,
    );
  const others = rules.some(isStartedByEvents);
  return {
    problems: [
      ...[...double].map(name =>
        finding(
          ['lightspeed', 'listeners'],
          `the listener ${name} is a rule, and another one is called so already: a name is given once`,
        ),
      ),
      ...(hasAgents || config.listeners.every(({ rule }) => rule.pool === 'local')
        ? []
        : [finding(['lightspeed', 'pool'], noAgents)]),
      // Who has other rules has not asked for that.
      ...(isOpen && others ? [open('the rules of this file')] : []),
    ],
    warnings: isOpen && !others ? [open('listeners')] : [],
  };
}

function compileListener(file: string, from: Surroundings): ListenerConfig | { readonly message: string } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { message: `cannot be read: ${systemError(error)}` };
  }
  const read = readListener(text);
  if (read.result === 'refused') return read;
  const { listener } = read;
  const written = ruleSchema.safeParse(listenerRule(listener, { ...from, directory: dirname(file) }));
  if (!written.success) return { message: written.error.issues.map(({ message }) => message).join('; ') };
  return {
    file,
    name: listener.name,
    rule: asListener(compileRule(written.data, []), listener),
    discord: listener.discord,
    githubToken: listener.githubToken,
    shown: shown(listener),
  };
}

/** The rule under the listener's own name, for the repositories that are named as Lightspeed names them. */
function asListener(rule: Rule, { name, discord, githubToken }: Listener): Rule {
  const conditions = rule.when.kind === 'all' ? rule.when.of : [rule.when];
  return {
    ...rule,
    name,
    when: {
      kind: 'all',
      of: conditions.map(condition => (condition.kind === 'repo' ? { kind: 'listener', name } : condition)),
    },
    report: [
      ...(githubToken === null ? [] : [githubReporterOf(name)]),
      ...(discord === null ? [] : [discordReporterOf(name)]),
    ],
  };
}

/** The reporters that a listener brings. */
export const githubReporterOf = (listener: string): string => `github:${listener}`;
export const discordReporterOf = (listener: string): string => `discord:${listener}`;

/** The listener's configuration for others to read, without what must not be. */
function shown(listener: Listener): ListenerConfig['shown'] {
  const { name, exec, cwd, branches, files, lockFile, discord, githubToken } = listener;
  return {
    name,
    exec,
    ...(cwd === null ? {} : { cwd }),
    ...(branches.length === 0 ? {} : { branch_filter: branches }),
    ...(files.length === 0 ? {} : { files_filter: files }),
    ...(lockFile === null ? {} : { lock_file: lockFile }),
    ...(discord === null ? {} : { discord_hook: '***', discord_notify: discord.mention }),
    ...(githubToken === null ? {} : { github_status_token: '***' }),
  };
}
