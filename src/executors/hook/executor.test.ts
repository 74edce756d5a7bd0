import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { plainIsolation, shells } from '../../../test/support/command-executor.ts';
import { pushEvent } from '../../../test/support/events.ts';
import { runId } from '../../domain/id.ts';
import type { HandedFile, HookCommand } from '../../domain/rule.ts';
import type { Ending } from '../../domain/run.ts';
import { readProcess } from '../../lib/proc.ts';
import { createProcessTree } from '../../lib/process-tree.ts';
import { createHookExecutor } from './executor.ts';

interface Bench extends AsyncDisposable {
  /** Where the server was started. */
  readonly cwd: string;
  readonly home: string;
  readonly executor: ReturnType<typeof createHookExecutor>;
  run(
    hook: Partial<HookCommand>,
    env?: Readonly<Record<string, string>>,
  ): Promise<{ ending: Ending; output: string }>;
}

const path = '/usr/bin:/bin';
const id = runId('01k00000000000000000000001');

async function bench(): Promise<Bench> {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-hook-'));
  const [cwd, home, pipes] = ['cwd', 'home', 'pipes'].map(name => join(directory, name));
  assert.ok(cwd && home && pipes);
  await Promise.all([cwd, home].map(each => mkdir(each)));
  const launcher = shells(pipes);
  const executor = createHookExecutor({
    launcher,
    isolation: plainIsolation,
    processes: createProcessTree(),
    graceMs: 1_000,
    drainMs: 200,
    cwd,
    path,
    daggerEnvironment: {},
  });
  return {
    cwd,
    home,
    executor,
    run: async (hook, env = {}) => {
      const printed: Uint8Array[] = [];
      const command = {
        program: 'sh',
        args: [],
        directory: '',
        files: [],
        stdin: null,
        isInCheckout: false,
        background: 'stays' as const,
        refusal: null,
        ...hook,
      };
      const ending = await executor.execute(
        { kind: 'hook', hook: command },
        {
          run: id,
          attempt: 1,
          directory: home,
          home,
          isolation: 'none',
          env: { PATH: path, SIGNALBOX_RUN_ID: id, SIGNALBOX_ATTEMPT: '1', ...env },
          timeoutMs: 20_000,
          event: pushEvent(),
          trigger: null,
          step: () => Promise.resolve(),
          tellCounterpart: async () => assert.fail('nobody asked for an adapter'),
          signal: new AbortController().signal,
          write: async (stream, bytes) => {
            if (stream === 'system') return;
            assert.equal(stream, 'stdout');
            printed.push(Buffer.from(bytes));
          },
        },
      );
      return { ending, output: Buffer.concat(printed).toString() };
    },
    [Symbol.asyncDispose]: async () => {
      await launcher[Symbol.asyncDispose]();
      await rm(directory, { recursive: true });
    },
  };
}

const file = (variable: string, text: string): HandedFile => ({
  variable,
  prefix: variable,
  suffix: '.txt',
  content: Buffer.from(text).toString('base64'),
});

describe("a hook's command", { timeout: 60_000 }, () => {
  test('both streams come in the order in which they were printed, and nothing stands on stdin', async () => {
    await using at = await bench();
    const line = 'for n in 1 2 3; do echo o$n; echo e$n >&2; done; cat; exit 3';
    const { ending, output } = await at.run({ args: ['-c', line] });
    assert.equal(output, 'o1\ne1\no2\ne2\no3\ne3\n');
    assert.deepEqual(ending, { outcome: 'failure', exitCode: 3, reason: null });
  });

  test('it works where the server was started, or below that in its own directory', async () => {
    await using at = await bench();
    await mkdir(join(at.cwd, 'wd'));
    await writeFile(join(at.cwd, 'wd', 'name.sh'), '#!/bin/sh\necho "$0"\n');
    await chmod(join(at.cwd, 'wd', 'name.sh'), 0o755);
    assert.equal((await at.run({ program: 'pwd' })).output, `${at.cwd}\n`);
    assert.equal((await at.run({ program: '/bin/pwd', directory: 'wd' })).output, `${at.cwd}/wd\n`);
    assert.equal((await at.run({ program: 'wd/name.sh' })).output, 'wd/name.sh\n');
    // Relative to a relative directory means below it twice, as the original has it.
    const twice = await at.run({ program: 'name.sh', directory: 'wd' });
    assert.equal(twice.ending.outcome, 'error');
    assert.match(twice.ending.reason ?? '', /wd\/wd\/name\.sh does not exist/);
  });

  test('it sees its name as the hook has it, whatever its own PATH is', async () => {
    await using at = await bench();
    const args = ['-c', 'echo "$0"'];
    assert.equal((await at.run({ program: 'sh', args })).output, 'sh\n');
    assert.equal((await at.run({ program: '/bin/sh', args })).output, '/bin/sh\n');
    assert.equal(
      (await at.run({ program: 'sh', args: ['-c', 'echo $PATH'] }, { PATH: '/nowhere' })).output,
      '/nowhere\n',
    );
  });

  test('what it is handed stands in files for it alone, which are gone when it has ended', async () => {
    await using at = await bench();
    const args = ['-c', 'cat "$A" "$B"; stat -c %a "$A"; echo "$A"'];
    const files = [file('A', 'one '), file('B', 'two\n')];
    const inHome = await at.run({ args, files });
    assert.match(inHome.output, new RegExp(`^one two\n600\n${at.home}/A[0-9a-f]+\\.txt\n$`));
    const inDirectory = await at.run({ program: '/bin/sh', args, files, directory: at.cwd });
    assert.match(inDirectory.output, new RegExp(`^one two\n600\n${at.cwd}/A[0-9a-f]+\\.txt\n$`));
    assert.deepEqual(await readdir(at.cwd), []);
    assert.equal(
      (await at.run({ args: ['-c', 'cat'], stdin: Buffer.from('in\0put').toString('base64') })).output,
      'in\0put',
    );
  });

  test('files of a server that was killed are removed by the next one', async () => {
    await using at = await bench();
    await writeFile(join(at.home, 'handed-files.json'), JSON.stringify([join(at.cwd, 'left')]));
    for (const name of ['left', 'mine']) await writeFile(join(at.cwd, name), '');
    await at.executor.endOrphans([
      { run: id, home: at.home },
      { run: id, home: join(at.home, 'gone') },
    ]);
    assert.deepEqual(await readdir(at.cwd), ['mine']);
  });

  test('what cannot be started is told in a sentence, and leaves no files', async () => {
    await using at = await bench();
    const reasonOf = async (hook: Partial<HookCommand>) => {
      const { ending } = await at.run({ files: [file('A', '')], directory: at.cwd, ...hook });
      assert.equal(ending.outcome, 'error');
      return ending.reason ?? '';
    };
    assert.match(await reasonOf({ program: 'no-such-program' }), /no-such-program does not exist/);
    assert.match(
      await reasonOf({ program: 'no such program', directory: '' }),
      /is nowhere in PATH: arguments belong in/,
    );
    assert.equal(
      await reasonOf({ program: '/bin/sh', refusal: 'argument 1 is too long' }),
      'argument 1 is too long',
    );
    assert.deepEqual(await readdir(at.cwd), []);
  });

  test('what it leaves in the background goes on, without its output, unless that is to end', async () => {
    await using at = await bench();
    const line = 'sleep 600 > /dev/null 2>&1 & echo $!';
    // Nobody may have looked at the dead yet.
    const isThere = (pid: string) => {
      const process = readProcess(Number(pid));
      return process !== undefined && !process.isExiting;
    };
    const left = await at.run({ args: ['-c', line] });
    assert.equal(left.ending.outcome, 'success');
    assert.ok(isThere(left.output));
    // The next one neither ends it nor is taken for it.
    const ended = await at.run({ args: ['-c', line], background: 'ends' }, { SIGNALBOX_ATTEMPT: '2' });
    assert.ok(!isThere(ended.output));
    assert.ok(isThere(left.output));
    process.kill(Number(left.output));
  });

  test('as long as something in the background holds its output, it counts as running', async () => {
    await using at = await bench();
    const { output } = await at.run({ args: ['-c', '(sleep 0.5; echo later) & echo now'] });
    assert.equal(output, 'now\nlater\n');
  });

  test('what a checkout names as its directory gets no files of ours', async () => {
    await using at = await bench();
    const files = [file('A', 'handed')];
    const args = ['-c', 'cat "$A"; echo "$A"'];
    const { output } = await at.run({
      program: '/bin/sh',
      args,
      files,
      directory: at.cwd,
      isInCheckout: true,
    });
    assert.ok(output.startsWith(`handed${at.home}/A`), output);
    assert.deepEqual(await readdir(at.cwd), []);
  });
});
