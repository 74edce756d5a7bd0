import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutorHarness } from '../../src/contracts/executor.suite.ts';
import { createCommandExecutor } from '../../src/executors/command/executor.ts';
import { createIsolation, type Isolation } from '../../src/lib/isolation/isolation.ts';
import { createLauncher, type Launcher } from '../../src/lib/launcher/launcher.ts';
import { createProcessTree } from '../../src/lib/process-tree.ts';

/** What this machine can do, with nothing special to hide. */
export const plainIsolation: Isolation = createIsolation({
  directory: join(tmpdir(), `signalbox-isolation-${process.pid}`),
  hidden: () => ({ directories: [], files: [] }),
  environment: { PATH: process.env['PATH'] ?? '' },
});

export const shells = (directory: string): Launcher => createLauncher({ directory, warm: 2 });

/** Makes command executors that leave nothing behind. */
export function commandHarness(
  traits: Pick<ExecutorHarness, 'hasPipes' | 'isolation' | 'setsEveryVariable'>,
  makeLauncher: (directory: string) => Launcher = shells,
): ExecutorHarness {
  return {
    create: async patience => {
      const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
      const launcher = makeLauncher(directory);
      const processes = createProcessTree();
      const executor = createCommandExecutor({ launcher, isolation: plainIsolation, processes, ...patience });
      return {
        executor,
        async [Symbol.asyncDispose]() {
          await executor[Symbol.asyncDispose]();
          await launcher[Symbol.asyncDispose]();
          assert.deepEqual(await readdir(directory), []);
          await rm(directory, { recursive: true });
        },
      };
    },
    shell: line => ({ kind: 'command', command: { shell: line } }),
    program: (...argv) => ({ kind: 'command', command: { argv } }),
    ...traits,
  };
}

/** Command lines of living processes in which that text stands; a zombie has none. */
export async function commandsWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.map(line => line.replaceAll('\0', ' ')).filter(line => line.includes(text));
}
