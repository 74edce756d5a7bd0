import { chmod, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CliIo } from '../../io.ts';
import { say } from '../../io.ts';
import type { FactReader, Facts } from './report-facts.ts';
import { feedXml, generator, indexHtml, repositoryHtml } from './report-pages.ts';
import { statusOf } from './status.ts';

/** Looked at so often; the original wrote about once a second. */
const everyMs = 2_000;
/** Web servers, which are other users, read them. */
const readableMode = 0o644;

/** Writes the reports of a broker into a directory whenever something has changed, until the signal. */
export async function keepReports(
  io: Pick<CliIo, 'stderr' | 'now'>,
  reader: FactReader,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  let last = '';
  let told = '';
  while (!signal.aborted) {
    try {
      const now = await reader.glance();
      if (now !== last) await writeReports(io, reader, directory);
      last = now;
      told = '';
    } catch (error) {
      const why = `signalbox: the reports in ${directory} cannot be written: ${error instanceof Error ? error.message : String(error)}`;
      if (why !== told && !signal.aborted) say(io, why);
      told = why;
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

/** Writes them as everything is now. Who reads meanwhile reads the one before, or this one, whole. */
export async function writeReports(
  io: Pick<CliIo, 'now'>,
  reader: FactReader,
  directory: string,
): Promise<void> {
  const files = filesOf(await reader.gather(), new Date(io.now()).toISOString());
  await mkdir(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const draft = join(directory, `.${name}.new`);
    await writeFile(draft, text);
    // Whatever the umask: they are made to be published.
    await chmod(draft, readableMode);
    await rename(draft, join(directory, name));
  }
  for (const name of await readdir(directory))
    if (/^z[0-9A-Za-z]+\.html$/.test(name) && !Object.hasOwn(files, name))
      await removeOurs(join(directory, name));
}

/** Of a repository that is not shown (any more) nothing stays; but what others have written there does. */
async function removeOurs(page: string): Promise<void> {
  if ((await readFile(page, 'utf8')).includes(generator)) await rm(page);
}

function filesOf(facts: Facts, at: string): Readonly<Record<string, string>> {
  const { runs, queued } = facts;
  const finished = runs.filter(({ state }) => state === 'finished');
  return {
    'status.json': `${JSON.stringify(statusOf(facts, at), null, 2)}\n`,
    'index.html': indexHtml(runs, queued, at),
    'index.rss': feedXml('CI runs', runs, at),
    'failed.rss': feedXml(
      'CI runs that failed',
      finished.filter(({ outcome }) => outcome !== 'success'),
      at,
    ),
    'unfinished.rss': feedXml(
      'CI runs that have not finished',
      runs.filter(({ state }) => state !== 'finished'),
      at,
    ),
    ...Object.fromEntries(
      [...Map.groupBy(runs, run => run.repo)].map(([repo, own]) => [
        `${repo.replace(/^rad:/, '')}.html`,
        repositoryHtml(repo, own),
      ]),
    ),
  };
}
