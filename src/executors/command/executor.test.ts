import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type ExecutorHarness, executorSuite } from '../../contracts/executor.suite.ts';
import { parseRunId } from '../../domain/id.ts';
import { startDirectly } from '../../lib/launcher/direct.ts';
import { createLauncher, type Launcher } from '../../lib/launcher/launcher.ts';
import { resolveCommand } from '../../lib/launcher/resolve.ts';
import { createProcessTree } from '../../lib/process-tree.ts';
import { createCommandExecutor } from './executor.ts';

function harness(makeLauncher: (directory: string) => Launcher, hasPipes: boolean): ExecutorHarness {
  return {
    create: async patience => {
      const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
      const launcher = makeLauncher(directory);
      const executor = createCommandExecutor({ launcher, processes: createProcessTree(), ...patience });
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
    hasPipes,
  };
}

executorSuite(
  'command',
  harness(directory => createLauncher({ directory, warm: 2 }), true),
);

/** As on systems where no shell can be kept waiting. */
const plain: Launcher = {
  start: async (command, take) => {
    const resolved = resolveCommand(command);
    return resolved.result === 'refused' ? resolved : startDirectly(resolved.file, command, take);
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
executorSuite(
  'command, started directly',
  harness(() => plain, false),
);

test('A42: after kill -9 of a server, the next one ends what it was running', {
  timeout: 30_000,
}, async () => {
  await using made = await harness(directory => createLauncher({ directory, warm: 0 }), true).create({
    graceMs: 10_000,
    drainMs: 100,
  });
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-crash-'));
  const run = parseRunId(`run_${'crash'.padStart(26, '0')}`);
  assert.ok(run);
  const server = `
    import { createCommandExecutor } from ${JSON.stringify(import.meta.resolve('./executor.ts'))};
    import { createLauncher } from ${JSON.stringify(import.meta.resolve('../../lib/launcher/launcher.ts'))};
    import { createProcessTree } from ${JSON.stringify(import.meta.resolve('../../lib/process-tree.ts'))};
    const launcher = createLauncher({ directory: ${JSON.stringify(join(directory, 'launcher'))}, warm: 2 });
    const executor = createCommandExecutor({ launcher, processes: createProcessTree(), graceMs: 100, drainMs: 100 });
    await executor.execute({ kind: 'command', command: { shell: 'setsid sleep 600 & echo $$ $!; sleep 600' } }, {
      run: '${run}', attempt: 1, directory: '/', timeoutMs: 600_000, signal: new AbortController().signal,
      env: { PATH: '/usr/bin:/bin', SIGNALBOX_RUN_ID: '${run}' },
      write: async (_, bytes) => void process.stdout.write(bytes),
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', server], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [pids] = await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'exit');
  const left = String(pids).trim().split(' ').map(Number);
  assert.equal(left.length, 2);
  for (const pid of left) process.kill(pid, 0);
  assert.deepEqual(await made.executor.endOrphans([run]), [run]);
  for (const pid of left)
    assert.match(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z'), /\) Z/);
  assert.deepEqual(await made.executor.endOrphans([run]), []);
  await rm(directory, { recursive: true });
});
