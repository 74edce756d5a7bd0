import type { DaggerByName, DaggerCall } from '../domain/rule.ts';
import { nearest } from '../lib/nearest.ts';
import { type Finding, finding } from './problem.ts';
import type { WrittenDagger } from './schema-dagger.ts';
import type { WrittenRule } from './schema-rule.ts';

/** The section as an action. */
export function compileDagger({ module, function: name, args }: WrittenDagger): DaggerCall | DaggerByName {
  return name === undefined
    ? { mode: 'pocketci', module: module ?? null }
    : { mode: 'call', module: module ?? '.', function: name, args };
}

/** What is wrong with the section beyond its single values. */
export function checkDagger(rule: WrittenRule): readonly Finding[] {
  return rule.dagger === undefined ? [] : [...checkChoice(rule.dagger), ...unknownVariables(rule)];
}

function checkChoice({ function: name, as, args }: WrittenDagger): readonly Finding[] {
  if (name === undefined && as === undefined)
    return [
      finding(
        ['dagger'],
        'calls nothing: add `function`, or `as: pocketci` for those that answer to the event by their names',
      ),
    ];
  if (as === undefined) return [];
  if (name !== undefined)
    return [finding(['dagger', 'as'], 'there is a `function` as well, and only one of them can be')];
  return Object.keys(args).length === 0
    ? []
    : [
        {
          path: ['dagger', 'args'],
          at: 'key',
          message: 'is for a `function`: those that answer by their names are told of the event',
          suggestion: null,
        },
      ];
}

/** Variables that the job does not have, and Dagger would be asked to read. */
function unknownVariables({ dagger, env, secrets }: WrittenRule): readonly Finding[] {
  const known = [...secrets, ...Object.keys(env)];
  return Object.entries(dagger?.args ?? {}).flatMap(([name, value]) =>
    [value].flat().flatMap((text, n) => {
      const [, variable] = /^env:(?:\/\/)?(\w+)$/.exec(text) ?? [];
      if (variable === undefined || known.includes(variable)) return [];
      const path = ['dagger', 'args', name, ...(typeof value === 'string' ? [] : [n])];
      const message = `the job has no variable ${variable}: add it to \`secrets\` of this rule, or to \`env\``;
      return [finding(path, message, nearest(variable, known))];
    }),
  );
}
