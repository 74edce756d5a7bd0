import type { Scalar } from 'yaml';
import { lookUp, references, resolvePath, type Surroundings } from '../lib/references.ts';
import type { TextValue } from './document.ts';
import type { Finding, Path } from './problem.ts';

export interface References {
  /** The texts that were one reference and nothing else. */
  readonly whole: ReadonlySet<Scalar>;
  /** What references stood for: never to be printed. */
  readonly values: readonly string[];
  /** The files that were read for them. */
  readonly files: readonly string[];
  readonly findings: readonly Finding[];
}

/** Replaces `${env:NAME}` and `${file:PATH}` in all texts; a path is relative to `directory`. */
export function replaceReferences(texts: readonly TextValue[], from: Surroundings): References {
  const whole = new Set<Scalar>();
  const values: string[] = [];
  const files: string[] = [];
  const findings: Finding[] = [];
  for (const { path, node, text } of texts) {
    if (isCommand(path)) {
      const found = text.search(references);
      if (found >= 0) findings.push({ path, at: found, message: inCommand(path), suggestion: null });
      continue;
    }
    const replaced = text.replace(references, (all, kind: string, name: string, at: number) => {
      const value = lookUp(kind, name, from);
      if (all === text) whole.add(node);
      if (value.result === 'found') {
        values.push(value.text);
        if (kind === 'file') files.push(resolvePath(name, from));
        return value.text;
      }
      findings.push({ path, at, message: value.message, suggestion: null });
      return all;
    });
    node.value = replaced;
  }
  return { whole, values, files, findings };
}

/** Commands are stored and shown with every run, and have a `${…}` of their own. */
const isCommand = ([section, , key]: Path): boolean =>
  section === 'rules' && (key === 'run' || key === 'exec' || key === 'dagger' || key === 'if');
const inCommand = ([, , key]: Path): string =>
  `references are not replaced here: give the value a name under \`env\`, or under \`secrets\` if nobody may see it, and write ${key === 'dagger' ? 'env:NAME' : '$NAME'}`;
