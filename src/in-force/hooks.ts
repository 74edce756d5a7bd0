import { readFileSync } from 'node:fs';
import type { Config } from '../config/config.ts';
import { SignalboxError } from '../domain/errors.ts';
import type { Rule } from '../domain/rule.ts';
import { systemError } from '../lib/references.ts';
import { ours } from '../sources/hooks/deviations.ts';
import { type HooksReading, readHooks } from '../sources/hooks/file/read-hooks.ts';
import type { Hook } from '../sources/hooks/hook.ts';
import { hookRule } from '../sources/hooks/hook-rule.ts';
import { repositoryHooksName, repositoryHooksRule } from '../sources/hooks/repository-hooks.ts';

type References = HooksReading['references'];

/** All hooks of the files that the configuration names; throws `invalid`, naming all that is wrong with them. */
export function readHookFiles({ hooks: config, rules }: Config, references: References): readonly Hook[] {
  if (config === null) return [];
  const problems: string[] = [];
  const hooks: Hook[] = [];
  for (const file of config.files) {
    const read = readFile(file, references);
    if (read.result === 'refused') problems.push(read.message);
    else hooks.push(...read.hooks);
  }
  const ids = hooks.map(({ id }) => id);
  const double = ids.find((id, n) => ids.indexOf(id) < n);
  if (double !== undefined)
    problems.push(`two hooks of sources.hooks.files have the id "${double}": only the first could answer`);
  if (ids.includes(repositoryHooksName))
    problems.push(
      `no hook may have the id "${repositoryHooksName}": those that repositories bring are called so`,
    );
  const clash = rules.find(({ name }) => ids.includes(name));
  if (clash !== undefined)
    problems.push(
      `the rule ${clash.name} has the name of a hook, which is a rule as well: choose another one`,
    );
  if (problems.length > 0) throw new SignalboxError('invalid', problems.join('\n'));
  return hooks;
}

/** The rules that hooks bring. */
export function hookRules({ hooks: config }: Config, hooks: readonly Hook[]): readonly Rule[] {
  if (config === null) return [];
  return [
    ...hooks.map(hook => hookRule(hook, config.checkout)),
    ...(config.fromRepository === null ? [] : [repositoryHooksRule(config.fromRepository)]),
  ];
}

function readFile(
  file: string,
  references: References,
):
  | { readonly result: 'read'; readonly hooks: readonly Hook[] }
  | { readonly result: 'refused'; readonly message: string } {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    return { result: 'refused', message: `the hooks file ${file} cannot be used: ${systemError(error)}` };
  }
  const read = readHooks({ behaviour: ours, template: null, references }, bytes);
  if (read.result === 'read') return { result: 'read', hooks: read.file.hooks };
  const { place, message } = read;
  return { result: 'refused', message: `${file}:${place.line}:${place.column}: ${message}` };
}
