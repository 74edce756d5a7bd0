import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Rule } from '../../domain/rule.ts';
import { type Surroundings, systemError } from '../../lib/references.ts';
import type { ListenerConfig } from '../config.ts';
import { compileRule } from '../rules.ts';
import { ruleSchema } from '../schema-rule.ts';
import { type Listener, readListener } from './listener.ts';
import { listenerRule } from './listener-rule.ts';

/** A listener, or a sentence that says what is wrong, and where. */
export type CompiledListener = ListenerConfig | { readonly message: string };

/** The listener in a file. */
export function readListenerFile(file: string, { env }: Pick<Surroundings, 'env'>): CompiledListener {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    return { message: `${file}: cannot be read: ${systemError(error)}` };
  }
  return compileListener(text, file, { env, directory: dirname(file) });
}

/** The listener in a text, which is called so; what is relative in it begins in the directory of `from`. */
export function compileListener(text: string, called: string, from: Surroundings): CompiledListener {
  const read = readListener(text);
  if (read.result === 'refused') return { message: `${called}:${read.line}:${read.column} ${read.message}` };
  const { listener } = read;
  const written = ruleSchema.safeParse(listenerRule(listener, from));
  if (!written.success)
    return {
      message: `${called}: ${written.error.issues.map(({ path: [key], message }) => `${keyOf(key)}${message}`).join('; ')}`,
    };
  return {
    file: called,
    name: listener.name,
    rule: asListener(compileRule(written.data, []), listener),
    discord: listener.discord,
    githubToken: listener.githubToken,
    shown: shown(listener),
    unknown: listener.unknown,
    registeredAt: null,
  };
}

/** What of a listener becomes each of these parts of a rule: people know their own keys alone. */
const keys: Readonly<Record<string, string>> = {
  branch: 'branch_filter',
  if: 'files_filter',
  directory: 'cwd',
  run: 'exec',
  concurrency: 'lock_file',
};
const keyOf = (key: PropertyKey | undefined): string => {
  const known = keys[String(key)];
  return known === undefined ? '' : `${known}: `;
};

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
