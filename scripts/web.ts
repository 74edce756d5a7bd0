/** Builds the window into `dist/web`, when its sources are newer than what stands there. */
import { globSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');
const built = join(dist, 'web');

/** Afterwards `dist/web` is up to date. It is replaced as a whole, so several processes may do this at once. */
export async function buildWeb(): Promise<void> {
  if (isCurrent()) return;
  const startedAt = performance.now();
  await mkdir(dist, { recursive: true });
  const aside = await mkdtemp(join(dist, '.web-'));
  try {
    const made = join(aside, 'new');
    await build({
      configFile: join(root, 'vite.config.ts'),
      logLevel: 'warn',
      build: { outDir: made, emptyOutDir: false },
    });
    await rename(built, join(aside, 'old')).catch(unless('ENOENT'));
    await rename(made, built).catch(unless('ENOTEMPTY', 'EEXIST'));
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stderr.write(`signalbox: built the window into dist/web (${seconds} s)\n`);
}

/** Folders count too: they change when a file goes away. */
function isCurrent(): boolean {
  const page = statSync(join(built, 'index.html'), { throwIfNoEntry: false });
  const sources = ['web', ...globSync('web/**', { cwd: root }), 'vite.config.ts', 'package-lock.json'];
  return page !== undefined && sources.every(file => statSync(join(root, file)).mtimeMs <= page.mtimeMs);
}

/** Passes over what another process has done already. */
function unless(...codes: readonly string[]): (error: NodeJS.ErrnoException) => void {
  return error => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
}

if (import.meta.main) await buildWeb();
