import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isScalar } from 'yaml';
import { systemError } from '../lib/references.ts';
import { type Overrides, shortestMasked } from './assemble.ts';
import { checkDocument } from './check.ts';
import type { LoadedConfig } from './config.ts';
import { readYaml, type YamlFile } from './document.ts';
import type { Environment } from './env.ts';
import { type Finding, finding, type Path, type Problem, pathText } from './problem.ts';
import { type References, replaceReferences } from './references.ts';
import type { ConditionChecks } from './rule-checks.ts';
import { mostSecrets, secretPlaces } from './schema.ts';
import { writtenPassword } from './schema-store.ts';

export interface ConfigNeeds {
  readonly checks: ConditionChecks;
  readonly env: Environment;
}

/** Where the file is found when nobody names one. */
const usualFile = 'signalbox.yaml';
/** With no file at all: no sources and no rules, everything else as usual. */
const noFile = 'version: 1';

/** Reads the configuration from a file; null: from `./signalbox.yaml` where there is one, else the defaults. */
export function loadConfig(needs: ConfigNeeds, path: string | null, overrides: Overrides): LoadedConfig {
  const file = path ?? (existsSync(usualFile) ? usualFile : null);
  if (file === null) return parseConfig(needs, noFile, { file, overrides });
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const message = `cannot be read: ${systemError(error)}`;
    return {
      result: 'refused',
      problems: [{ file, line: null, column: null, path: '', message, suggestion: null }],
    };
  }
  return parseConfig(needs, text, { file, overrides });
}

/** Reads the configuration from its text, as if that stood in `file`. Whatever the text: never throws. */
export function parseConfig(
  needs: ConfigNeeds,
  text: string,
  from: { readonly file: string | null; readonly overrides: Overrides },
): LoadedConfig {
  const yaml = readYaml(text);
  if (yaml.result === 'broken') {
    const problems = yaml.errors.map(({ message, place }) => ({
      file: from.file,
      ...place,
      path: '',
      message,
      suggestion: null,
    }));
    return { result: 'refused', problems };
  }
  const absolute = from.file === null ? null : resolve(from.file);
  const around = { env: needs.env, directory: absolute === null ? process.cwd() : dirname(absolute) };
  const references = replaceReferences(yaml.file.texts, around);
  const told = (findings: readonly Finding[]) =>
    problemsOf(findings, yaml.file, from.file, references.values);

  const data = yaml.file.data();
  if ('finding' in data) return { result: 'refused', problems: told([data.finding]) };
  const value = data.value ?? {};
  const checked = checkDocument(needs.checks, value, {
    ...around,
    file: absolute,
    secretFiles: references.files,
    overrides: from.overrides,
  });
  const unresolved = new Set(references.findings.map(({ path }) => pathText(path)));
  const problems = [
    ...references.findings,
    ...literalSecrets(yaml.file, value, references),
    ...literalPassword(yaml.file),
    // What is wrong with a value that could not be had is no news.
    ...checked.problems.filter(({ path }) => !unresolved.has(pathText(path))),
  ];
  if (problems.length > 0 || checked.config === null) return { result: 'refused', problems: told(problems) };
  return { result: 'loaded', config: checked.config, warnings: told(checked.warnings) };
}

/** Secrets that stand in the file as they are. */
function literalSecrets(file: YamlFile, data: unknown, { whole }: References): readonly Finding[] {
  return secretPlaces
    .flatMap(place => textsAt(data, place))
    .filter(path => {
      const node = file.nodeAt(path);
      return !isScalar(node) || !whole.has(node);
    })
    .map(path =>
      finding(
        path,
        'a secret does not stand in this file: write "${env:NAME}" or "${file:PATH}", and put it there',
      ),
    );
}

/** A password in the address of the store. */
function literalPassword({ texts }: YamlFile): readonly Finding[] {
  return texts
    .filter(({ path, text }) => path.length === 1 && path[0] === 'store' && writtenPassword.test(text))
    .map(({ path }) =>
      finding(
        path,
        'a password does not stand in this file: write "${env:NAME}" in its place, and put it there',
      ),
    );
}

/** The paths to all texts at a place, where `*` is any key; also of the items of a list there. */
function textsAt(data: unknown, [step, ...rest]: readonly string[], before: Path = []): readonly Path[] {
  if (step === undefined) {
    const items: readonly (readonly [Path, unknown])[] = Array.isArray(data)
      ? data.map((item, n) => [[...before, n], item])
      : [[before, data]];
    return items.flatMap(([path, item]) => (typeof item === 'string' ? [path] : []));
  }
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data)
    .filter(([key]) => step === '*' || step === key)
    .slice(0, mostSecrets)
    .flatMap(([key, value]) => textsAt(value, rest, [...before, key]));
}

function problemsOf(
  findings: readonly Finding[],
  file: YamlFile,
  name: string | null,
  values: readonly string[],
): readonly Problem[] {
  const hidden = values.filter(value => value.length >= shortestMasked).sort((a, b) => b.length - a.length);
  const safe = (text: string) => hidden.reduce((text, value) => text.replaceAll(value, '***'), text);
  return findings
    .map(found => ({ found, place: file.place(found) }))
    .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
    .map(({ found, place }) => ({
      file: name,
      ...(name === null ? { line: null, column: null } : place),
      path: pathText(file.writtenPath(found.path)),
      message: safe(found.message),
      suggestion: found.suggestion === null ? null : safe(found.suggestion),
    }));
}
