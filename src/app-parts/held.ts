import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRunId, type RunId } from '../domain/id.ts';

/** Which attempts an agent has, on its disk: its next life finds there what a killed one left behind. */
export interface Held {
  /** Those of an earlier life. */
  readonly left: readonly { readonly run: RunId; readonly attempt: number }[];
  add(run: RunId, attempt: number): Promise<void>;
  remove(run: RunId, attempt: number): Promise<void>;
}

/** Opens the directory; what is in there stays until it is removed. */
export async function openHeld(directory: string): Promise<Held> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const fileOf = (run: RunId, attempt: number) => join(directory, `${run}.${attempt}`);
  const left = (await readdir(directory)).flatMap(file => {
    const [id = '', attempt = ''] = file.split('.');
    const run = parseRunId(id);
    return run === undefined || !/^\d+$/.test(attempt) ? [] : [{ run, attempt: Number(attempt) }];
  });
  return {
    left,
    add: (run, attempt) => writeFile(fileOf(run, attempt), ''),
    remove: (run, attempt) => rm(fileOf(run, attempt), { force: true }),
  };
}
