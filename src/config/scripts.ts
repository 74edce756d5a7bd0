import { statSync } from 'node:fs';
import { resolvePath, type Surroundings } from '../lib/references.ts';
import type { Config, ScriptsConfig } from './config.ts';
import { type Finding, finding, type Path } from './problem.ts';
import { checkVariables, namedIn, unknownSecrets } from './rule-checks.ts';
import type { WrittenConfig } from './schema.ts';
import type { WrittenScripts } from './schema-scripts.ts';

/** The name of the rule that answers to calls: no other may bear it. */
const ruleName = 'scripts';
/** Other paths of the public door. */
const taken: readonly string[] = ['/github', '/gitlab', '/gitea', '/garden', '/healthz'];
const section: Path = ['sources', 'scripts'];

/** The section as the program uses it. */
export function compileScripts(written: WrittenScripts, from: Surroundings): ScriptsConfig {
  const { dir, path, executors, token, rateLimit, env, secrets, timeout, concurrency } = written;
  return {
    folder: resolvePath(dir, from),
    writtenFolder: dir,
    mount: path,
    interpreters: executors,
    // The list says what may be named, and how.
    interpreterPaths: true,
    tokens: token,
    rateLimit: rateLimit ?? null,
    cwd: null,
    env,
    secrets,
    timeoutMs: timeout,
    concurrency: concurrency
      ? { ...concurrency, group: concurrency.group === '{script}' ? '{rule}/{script}' : '{rule}' }
      : null,
  };
}

/** What is wrong with the section beyond its single values. */
export function checkScripts({ sources, rules }: WrittenConfig, config: Config): readonly Finding[] {
  const { scripts } = sources;
  if (scripts === null) return [];
  const { auth, token, path } = scripts;
  const clash = rules.findIndex(({ name }) => name === ruleName);
  return [
    ...(auth === 'token' && token.length === 0
      ? [
          finding(
            section,
            'nobody could start a script: add `token: "${env:SCRIPTS_TOKEN}"`, or `auth: none` where everybody who reaches the door may',
          ),
        ]
      : []),
    ...(auth === 'none' && token.length > 0
      ? [finding([...section, 'auth'], 'there is a `token` as well: with `none` it would not be asked for')]
      : []),
    ...(taken.includes(path)
      ? [finding([...section, 'path'], `something else is at ${path}: choose another one`)]
      : []),
    ...(clash < 0
      ? []
      : [
          finding(
            ['rules', clash, 'name'],
            '`sources.scripts` brings a rule of this name: choose another one',
          ),
        ]),
    ...[...checkVariables(scripts), ...unknownSecrets(scripts.secrets, namedIn(config).secrets)].map(
      found => ({
        ...found,
        path: [...section, ...found.path],
      }),
    ),
  ];
}

/** What is allowed and probably not meant. */
export function adviseScripts({ scripts }: Config, { sources }: WrittenConfig): readonly Finding[] {
  if (scripts === null) return [];
  const isThere = statSync(scripts.folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
  return [
    ...(sources.scripts?.auth === 'none'
      ? [finding([...section, 'auth'], 'everybody who reaches the public door may start scripts')]
      : []),
    ...(isThere ? [] : [finding([...section, 'dir'], `there is no folder ${scripts.folder} yet`)]),
  ];
}
