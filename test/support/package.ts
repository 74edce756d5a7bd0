import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
/** Packing builds everything; installing may have to fetch what npm has not kept. */
const patienceMs = 60_000;

/** The package as somebody has it who installed it from a registry. */
export interface InstalledPackage extends Disposable {
  /** A project that has it as its one dependency. */
  readonly project: string;
  /** What the archive holds, without the folder that all of it is in. */
  readonly packed: readonly string[];
  /** `signalbox`, as it is on the project's PATH. */
  readonly program: string;
  /** Where this test's Node.js comes first. */
  readonly path: string;
}

/** Packs the checkout, builds included, and installs the archive far away from it. */
export async function installPackage(): Promise<InstalledPackage> {
  const home = mkdtempSync(join(tmpdir(), 'signalbox-package-'));
  const remove = () => rmSync(home, { recursive: true, force: true });
  try {
    const nodeFirst = `${dirname(process.execPath)}:${process.env['PATH']}`;
    const call = async (cwd: string, command: string, ...args: string[]) =>
      (await run(command, args, { cwd, timeout: patienceMs, env: { ...process.env, PATH: nodeFirst } }))
        .stdout;

    await call(root, 'npm', 'pack', '--silent', '--pack-destination', home);
    const [archive = 'nothing was packed'] = readdirSync(home);
    const listed = await call(home, 'tar', '-tzf', archive);
    const project = join(home, 'a project');
    mkdirSync(project);
    writeFileSync(join(project, 'package.json'), '{ "private": true, "type": "module" }');
    const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    await call(project, 'npm', 'install', ...quiet, join(home, archive));
    return {
      project,
      packed: listed
        .trimEnd()
        .split('\n')
        .map(path => path.replace(/^package\//, '')),
      program: join(project, 'node_modules/.bin/signalbox'),
      path: nodeFirst,
      [Symbol.dispose]: remove,
    };
  } catch (error) {
    remove();
    throw error;
  }
}
