/** Builds what is published: the sources as JavaScript with types, the files they read when they run, and the window. */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { buildWeb } from './web.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

// Nothing that has no source any more may be published. The window looks after its own folder, which may be in use.
await buildWeb();
for (const name of readdirSync(dist))
  if (name !== 'web') rmSync(join(dist, name), { recursive: true, force: true });

const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) throw new Error('tsc found errors');
for (const data of ['cli/samples']) cpSync(join(root, 'src', data), join(dist, data), { recursive: true });
