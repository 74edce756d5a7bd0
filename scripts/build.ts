/** Builds what is published: the sources as JavaScript with types in `dist/`, and the files they read when they run. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

rmSync(dist, { recursive: true, force: true });
const { status } = spawnSync('tsc', ['--project', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
if (status !== 0) throw new Error('tsc found errors');
for (const data of ['cli/samples']) cpSync(join(root, 'src', data), join(dist, data), { recursive: true });
