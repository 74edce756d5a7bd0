import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const files = {
  'README.md': '# widgets\n\nA small repository that signalbox made to have something to test.\n',
  'test.sh': `#!/bin/sh
echo "testing \${SIGNALBOX_REPO} at \${SIGNALBOX_SHA}"
for widget in wheel spring lever; do
  sleep 0.1
  echo "ok - the $widget turns"
done
echo "3 widgets tested, none broken" >&2
`,
};

export interface DemoRepository {
  /** A `file:` URL to clone from. */
  readonly url: string;
  readonly sha: string;
}

/** A real git repository with one commit, always the same one, made in `directory` unless it is there already. */
export async function makeDemoRepository(
  directory: string,
  path: string | undefined,
): Promise<DemoRepository> {
  const person = { NAME: 'signalbox demo', EMAIL: 'demo@signalbox.invalid', DATE: '2026-01-01T00:00:00Z' };
  const env: Record<string, string> = {
    PATH: path ?? '',
    HOME: directory,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  for (const [key, value] of Object.entries(person)) {
    env[`GIT_AUTHOR_${key}`] = value;
    env[`GIT_COMMITTER_${key}`] = value;
  }
  const git = async (...args: string[]) => (await run('git', args, { cwd: directory, env })).stdout.trim();

  if (!existsSync(join(directory, '.git', 'refs', 'heads', 'main'))) {
    await mkdir(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
    await git('init', '--quiet', '--initial-branch=main');
    await git('add', '.');
    await git('commit', '--quiet', '--message=Turn the widgets');
  }
  return { url: pathToFileURL(directory).href, sha: await git('rev-parse', 'HEAD') };
}
