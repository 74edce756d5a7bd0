import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import * as fc from 'fast-check';
import { until } from '../../../test/support/server.ts';
import { noMarks } from '../process-system.ts';
import { createProcessTree } from '../process-tree.ts';
import { type Command, type Exit, type Job, plainProgram } from './job.ts';
import { createLauncher } from './launcher.ts';
import { jobScript, pipesScript } from './script.ts';

const options = { timeout: 30_000 };
const env = { PATH: '/usr/bin:/bin' };
const world = { cwd: '/', env, enclosure: undefined };

/** A launcher in a directory of its own, with a shorter way to run a command to its end. */
async function open(warm: number) {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
  const launcher = createLauncher({ directory, warm });
  async function start(argv: Command['argv'], changes: Partial<Command> = {}) {
    const output: Uint8Array[] = [];
    const started = await launcher.start(
      { ...plainProgram(argv), ...world, ...changes },
      async (_, bytes) => {
        output.push(Buffer.from(bytes));
      },
    );
    assert.ok(started.result === 'started', JSON.stringify(started));
    return { job: started.job, output: () => Buffer.concat(output) };
  }
  return {
    launcher,
    directory,
    start,
    async run(
      argv: Command['argv'],
      changes: Partial<Command> = {},
    ): Promise<{ exit: Exit; output: string; session: number }> {
      const { job, output } = await start(argv, changes);
      using _ = job;
      const exit = await job.exited;
      await job.drained;
      return { exit, output: output().toString(), session: job.session };
    },
    async [Symbol.asyncDispose]() {
      await launcher[Symbol.asyncDispose]();
      assert.deepEqual(await readdir(directory), []);
      await rm(directory, { recursive: true });
    },
  };
}

/** Ends everything of a job. */
async function end({ session, launchers, files }: Job, ...entries: string[]): Promise<void> {
  const marks = { ...noMarks, session, launchers, entries, files };
  assert.deepEqual((await createProcessTree().end(marks, 0)).survivors, []);
}

test('one shell serves one job after the other', options, async () => {
  await using box = await open(1);
  const sessions = new Set<number>();
  for (let n = 0; n < 10; n += 1) sessions.add((await box.run(['true'])).session);
  assert.ok(sessions.size <= 2, 'a second one at most while the first was being made');
});

test('the shells end with the launcher', options, async () => {
  let sessions: number[];
  {
    await using box = await open(3);
    sessions = await Promise.all([1, 2, 3, 4, 5].map(async () => (await box.run(['true'])).session));
  }
  for (const pid of sessions) assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
});

test('a job tells its pid', options, async () => {
  await using box = await open(1);
  const { job, output } = await box.start(['sh', '-c', 'echo $$']);
  using _ = job;
  await job.drained;
  assert.equal(Number(output()), job.pid);
});

test('whatever text is in arguments and environment arrives as it is', options, async () => {
  await using box = await open(1);
  const text = fc.string({ unit: 'binary' }).map(text => text.replaceAll('\0', ''));
  const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
  const property = fc.asyncProperty(fc.array(text), fc.dictionary(name, text), async (args, variables) => {
    const argv = ['/bin/sh', '-c', 'cat /proc/$$/cmdline /proc/$$/environ; exit', 'sh', ...args] as const;
    const all = { ...variables, PATH: env.PATH };
    const { output } = await box.run(argv, { env: all });
    const texts = output.split('\0').slice(0, -1);
    assert.deepEqual(texts.slice(0, argv.length), argv);
    assert.deepEqual(
      texts.slice(argv.length).sort(),
      Object.entries(all)
        .map(entry => entry.join('='))
        .sort(),
    );
  });
  await fc.assert(property, { numRuns: 60 });
});

test('what a job left running does not print into the next one', options, async () => {
  await using box = await open(1);
  const intruder = "setsid sh -c 'while :; do echo intruder; sleep 0.001; done' & echo started";
  const first = await box.start(['sh', '-c', intruder], { env: { ...env, JOB: 'first' } });
  await first.job.exited;
  first.job[Symbol.dispose]();
  const { output } = await box.run(['sh', '-c', 'sleep 0.1; echo mine']);
  assert.equal(output, 'mine\n');
  await end(first.job, 'JOB=first');
});

test('a job cannot answer in place of its shell', options, async () => {
  await using box = await open(1);
  const forge = 'for fd in 0 1 2; do echo =0 > /proc/$PPID/fd/$fd; done 2>/dev/null; echo =0; exit 7';
  const { exit, output } = await box.run(['sh', '-c', forge]);
  assert.deepEqual(exit, { how: 'exited', code: 7 });
  assert.equal(output, '=0\n');
});

test('a job that kills its shell ends as unknown, and the next one gets another', options, async () => {
  await using box = await open(1);
  const { exit } = await box.run(['sh', '-c', 'kill -9 $PPID']);
  assert.equal(exit.how, 'unknown');
  assert.deepEqual((await box.run(['true'])).exit, { how: 'exited', code: 0 });
});

test('a shell that was killed while it waited is replaced', options, async () => {
  await using box = await open(1);
  const { session } = await box.run(['true']);
  process.kill(session, 'SIGKILL');
  // It is gone when it has been counted; the launcher hears of it then.
  await until(() => !existsSync(`/proc/${session}`), 'the shell to be gone');
  const next = await box.run(['true']);
  assert.deepEqual(next.exit, { how: 'exited', code: 0 });
});

test('a job that is disposed while it runs takes its shell along', options, async () => {
  await using box = await open(1);
  const { job } = await box.start(['sleep', '600']);
  job[Symbol.dispose]();
  assert.equal((await job.exited).how, 'unknown');
  await job.drained;
  assert.notEqual((await box.run(['true'])).session, job.session);
});

test('a program without a first line that names an interpreter is a script for sh', options, async () => {
  await using box = await open(1);
  const file = join(box.directory, '..', `script-${process.pid}`);
  const { exit } = await box.run(['sh', '-c', `printf 'echo hello' > ${file}; chmod +x ${file}`]);
  assert.deepEqual(exit, { how: 'exited', code: 0 });
  assert.equal((await box.run([file])).output, 'hello\n');
  await rm(file);
});

test('what a killed server was about to start does not wait for its reader for ever', options, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
  const pipes = { stdout: join(directory, '1.stdout'), stderr: join(directory, '1.stderr') };
  const command: Command = { ...plainProgram(['true']), ...world };
  const script = pipesScript(pipes) + jobScript('/bin/true', command, pipes);
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', script], { timeout: 20_000 });
  assert.match(stdout, /^=0\n\/proc\/self\/task\/\d+\n=0\n$/);
  await rm(directory, { recursive: true });
});

test('pipes that a killed process left are removed, and nothing else', options, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
  await promisify(execFile)('sh', ['-c', `cd ${directory}; mkfifo 7.stdout 7.stderr; echo keep > me`]);
  const launcher = createLauncher({ directory, warm: 0 });
  assert.deepEqual(await readdir(directory), ['me']);
  await launcher[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

test('A45: without a free file descriptor a job is refused, and the launcher goes on', options, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-launcher-'));
  const script = `
    import { closeSync, openSync } from 'node:fs';
    import { createLauncher } from ${JSON.stringify(import.meta.resolve('./launcher.ts'))};
    const launcher = createLauncher({ directory: ${JSON.stringify(directory)}, warm: 0 });
    const start = () => launcher.start({ argv: ['true'], cwd: '/', env: { PATH: '/usr/bin:/bin' } }, async () => {});
    const taken = [];
    try { for (;;) taken.push(openSync('/dev/null')); } catch {}
    const refused = await start();
    for (const fd of taken) closeSync(fd);
    const started = await start();
    const exit = await started.job.exited;
    started.job[Symbol.dispose]();
    await launcher[Symbol.asyncDispose]();
    console.log(JSON.stringify({ refused, exit }));`;
  const { stdout } = await promisify(execFile)('sh', [
    '-c',
    'ulimit -n 200; exec "$0" --input-type=module -e "$1"',
    process.execPath,
    script,
  ]);
  const { refused, exit } = JSON.parse(stdout);
  assert.equal(refused.result, 'refused');
  assert.match(refused.reason, /EMFILE/);
  assert.deepEqual(exit, { how: 'exited', code: 0 });
  await rm(directory, { recursive: true });
});

test('under coverage, jobs are not told where it goes', options, async () => {
  await using box = await open(1);
  const before = process.env['NODE_V8_COVERAGE'];
  process.env['NODE_V8_COVERAGE'] = '/nowhere';
  const direct = { ...env, 'odd name': 'x' };
  const outputs = [await box.run(['env']), await box.run(['env'], { env: direct })];
  if (before === undefined) delete process.env['NODE_V8_COVERAGE'];
  else process.env['NODE_V8_COVERAGE'] = before;
  for (const { output } of outputs) assert.doesNotMatch(output, /NODE_V8_COVERAGE/);
});

test(
  'the pipes are for the owner alone: nobody else can read them, or reach them by name',
  options,
  async () => {
    await using box = await open(1);
    const { output } = await box.run(['stat', '-L', '-c', '%a', '/proc/self/fd/1']);
    assert.equal(output, '622\n');
    assert.equal((await stat(box.directory)).mode & 0o777, 0o700);
  },
);
