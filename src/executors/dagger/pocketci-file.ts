import { lstatSync, readFileSync, statSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { fileIn } from '../../lib/folder-files.ts';

/** What a repository says of itself to pocketci. */
export interface PocketciFile {
  readonly module: string;
  /** Patterns of which a changed file has to match one; none: whatever has changed. */
  readonly paths: readonly string[];
  /** Which argument of functions is a secret, and which variable of the job has it. */
  readonly secrets: readonly { readonly argument: string; readonly variable: string }[];
}

export type ReadPocketciFile =
  | { readonly result: 'read'; readonly file: PocketciFile }
  /** One clause says why. */
  | { readonly result: 'broken'; readonly reason: string };

const name = 'pocketci.yaml';
/** A few lines that people write. */
const largestBytes = 64 * 1024;

const words = z.string().min(1).max(1024);
const schema = z
  .strictObject({
    'module-path': words.default('./ci'),
    paths: z
      .union([words.transform(pattern => [pattern]), z.array(words)], {
        error: 'write a pattern, or a list of them',
      })
      .default([]),
    secrets: z.array(z.strictObject({ name: words, 'from-env': words })).default([]),
  })
  .transform(({ 'module-path': module, paths, secrets }) => ({
    module,
    paths,
    secrets: secrets.map(({ name, 'from-env': variable }) => ({ argument: name, variable })),
  }));

/** Reads `pocketci.yaml` of a checkout, which strangers may have written; without one, everything is as usual. */
export function readPocketciFile(directory: string): ReadPocketciFile {
  if (lstatSync(`${directory}/${name}`, { throwIfNoEntry: false }) === undefined) return read({});
  const found = fileIn(directory, name);
  if (found.result === 'none') return broken(found.reason);
  if (statSync(found.path).size > largestBytes) return broken(`${name} is larger than 64 KiB`);
  try {
    return read(parse(readFileSync(found.path, 'utf8'), { maxAliasCount: 0, logLevel: 'error' }) ?? {});
  } catch (error) {
    const [what = ''] = String(error instanceof Error ? error.message : error).split('\n');
    return broken(`${name} cannot be read as YAML: ${what.replace(/:$/, '')}`);
  }
}

function read(value: unknown): ReadPocketciFile {
  const parsed = schema.safeParse(value);
  if (parsed.success) return { result: 'read', file: parsed.data };
  const [first] = parsed.error.issues;
  const place = first === undefined || first.path.length === 0 ? '' : `${first.path.join('.')}: `;
  return broken(`${name}: ${place}${first?.message ?? 'unreadable'}`);
}

const broken = (reason: string): ReadPocketciFile => ({ result: 'broken', reason });
