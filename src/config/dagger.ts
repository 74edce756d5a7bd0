import type { DaggerCall } from '../domain/rule.ts';
import { nearest } from '../lib/nearest.ts';
import { type Finding, finding } from './problem.ts';
import type { WrittenDagger } from './schema-dagger.ts';
import type { WrittenRule } from './schema-rule.ts';

/** The section as an action. */
export function compileDagger({ module, function: name, args }: WrittenDagger): DaggerCall {
  return { mode: 'call', module, function: name, args };
}

/** Variables that the job does not have, and Dagger would be asked to read. */
export function checkDagger({ dagger, env, secrets }: WrittenRule): readonly Finding[] {
  const known = [...secrets, ...Object.keys(env)];
  return Object.entries(dagger?.args ?? {}).flatMap(([name, value]) =>
    [value].flat().flatMap((text, n) => {
      const [, variable] = /^env:(\w+)$/.exec(text) ?? [];
      if (variable === undefined || known.includes(variable)) return [];
      const path = ['dagger', 'args', name, ...(typeof value === 'string' ? [] : [n])];
      const message = `the job has no variable ${variable}: add it to \`secrets\` of this rule, or to \`env\``;
      return [finding(path, message, nearest(variable, known))];
    }),
  );
}
