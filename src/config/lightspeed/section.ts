import { resolvePath, type Surroundings } from '../../lib/references.ts';
import type { LightspeedConfig } from '../config.ts';
import { type Finding, finding } from '../problem.ts';
import { noAgents } from '../rule-checks.ts';
import { isStartedByEvents } from '../rules.ts';
import type { WrittenLightspeed } from '../schema-lightspeed.ts';
import type { WrittenRule } from '../schema-rule.ts';
import { readListenerFile } from './compile-listener.ts';

/** The section as the program uses it, with what is wrong with it. */
export function compileLightspeed(
  { listeners, pool, admin }: WrittenLightspeed,
  githubSecrets: readonly string[] | null,
  from: Surroundings,
): { readonly config: LightspeedConfig; readonly problems: readonly Finding[] } {
  const problems: Finding[] = [];
  const compiled = listeners.flatMap((path, n) => {
    const read = readListenerFile(resolvePath(path, from), from);
    if ('name' in read) return [{ ...read, rule: { ...read.rule, pool } }];
    problems.push(finding(['lightspeed', 'listeners', n], read.message));
    return [];
  });
  const own = from.env['GITHUB_WEBHOOK_SECRET'];
  return {
    config: {
      listeners: compiled,
      hasAdmin: admin,
      secrets: githubSecrets ?? (own ? [own] : []),
      role: null,
    },
    problems,
  };
}

/** Names that are given twice, keys that mean nothing, and a door that is open to everybody. */
export function checkLightspeed(
  config: LightspeedConfig | null,
  rules: readonly WrittenRule[],
  hasAgents: boolean,
): { readonly problems: readonly Finding[]; readonly warnings: readonly Finding[] } {
  if (config === null) return { problems: [], warnings: [] };
  const double = config.listeners.flatMap(({ name, file }, n) => {
    const before = config.listeners.slice(0, n).find(other => other.name === name)?.file;
    const other = before ?? (rules.some(rule => rule.name === name) ? 'a rule' : undefined);
    return other === undefined ? [] : [{ name, file, other, n }];
  });
  const isOpen = config.secrets.length === 0;
  const open = (what: string) =>
    finding(
      ['lightspeed'],
      `everybody who reaches the public door may start ${what}: set GITHUB_WEBHOOK_SECRET, here and as the secret of the webhook`,
    );
  const others = rules.some(isStartedByEvents);
  return {
    problems: [
      ...double.map(({ name, file, other, n }) =>
        finding(
          ['lightspeed', 'listeners', n],
          `the listener of ${file} is called ${name}, and so is ${other} already: a name is given once`,
        ),
      ),
      ...(hasAgents || config.listeners.every(({ rule }) => rule.pool === 'local')
        ? []
        : [finding(['lightspeed', 'pool'], noAgents)]),
      // Who has other rules has not asked for that.
      ...(isOpen && others ? [open('the rules of this file')] : []),
    ],
    warnings: [
      ...(isOpen && !others ? [open('listeners')] : []),
      ...config.listeners.flatMap(({ file, unknown }, n) =>
        unknown.map(key =>
          finding(['lightspeed', 'listeners', n], `${file}: ${key}: this key is not known, and left out`),
        ),
      ),
    ],
  };
}
