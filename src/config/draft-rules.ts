import { z } from 'zod';
import { SignalboxError } from '../domain/errors.ts';
import type { Rule } from '../domain/rule.ts';
import type { Config } from './config.ts';
import { readYaml } from './document.ts';
import { findingsOf, wordsFor } from './issues.ts';
import { type Finding, formatProblem, pathText } from './problem.ts';
import { type ConditionChecks, checkRule, namedIn } from './rule-checks.ts';
import { compileRule } from './rules.ts';
import { ruleSchema } from './schema-rule.ts';

const draft = z.object({ rules: z.array(ruleSchema) });

/**
 * Rules to try against stored events: a list as under `rules`, or a whole configuration of which the rest is passed
 * over. They may name the secrets and reporters of the configuration in force. Throws `invalid`, with the place of
 * every mistake.
 */
export function parseRules(checks: ConditionChecks, text: string, present: Config): readonly Rule[] {
  const yaml = readYaml(text);
  if (yaml.result === 'broken')
    throw invalid(yaml.errors.map(({ message, place }) => `${place.line}:${place.column}: ${message}`));
  const data = yaml.file.data();
  if ('finding' in data) throw invalid([data.finding.message]);

  const isList = Array.isArray(data.value);
  const value = isList ? { rules: data.value } : (data.value ?? {});
  const refused = (findings: readonly Finding[]): SignalboxError => {
    // Findings are about a configuration; a bare list stands one level higher.
    const told = findings.map(found => (isList ? { ...found, path: found.path.slice(1) } : found));
    return invalid(
      told.map(found =>
        formatProblem({
          ...found,
          ...yaml.file.place(found),
          file: null,
          path: pathText(yaml.file.writtenPath(found.path)),
        }),
      ),
    );
  };
  const parsed = draft.safeParse(value, { error: wordsFor });
  if (!parsed.success) throw refused(findingsOf(parsed.error.issues, value));
  const { rules } = parsed.data;
  const named = namedIn(present);
  const findings = rules.flatMap((rule, n) =>
    checkRule(checks, rule, named).map(found => ({ ...found, path: ['rules', n, ...found.path] })),
  );
  if (findings.length > 0) throw refused(findings);
  return rules.map(rule => compileRule(rule, present.adapters));
}

const invalid = (lines: readonly string[]): SignalboxError => new SignalboxError('invalid', lines.join('\n'));
