import { readdir, readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Json } from '../../domain/json.ts';

/** A delivery as a forge makes it, but for what is new each time: its id and its signature. */
export interface Sample {
  readonly event: string;
  /** A few words for `send --list`. */
  readonly about: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Json;
}

export const sampleSchema: z.ZodType<Sample> = z.object({
  event: z.string(),
  about: z.string().default(''),
  headers: z.record(z.string(), z.string()),
  body: z.json(),
});

const folder = new URL('../samples/', import.meta.url);

/** The names of the samples that come with signalbox. */
export async function sampleNames(): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files
    .filter(file => file.endsWith('.json'))
    .map(file => file.slice(0, -'.json'.length))
    .sort();
}

/** One of `sampleNames`. */
export async function readSample(name: string): Promise<Sample> {
  return sampleSchema.parse(JSON.parse(await readFile(new URL(`${name}.json`, folder), 'utf8')));
}
