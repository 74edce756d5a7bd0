import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { blankEvent } from '../domain/event.ts';
import { eventId, type RunId, runId } from '../domain/id.ts';
import type { LogStream } from '../domain/log.ts';
import type { Action } from '../domain/rule.ts';
import type { Ending } from '../domain/run.ts';
import type { ExecutionContext, Executor } from './executor.ts';

export interface ExecutorHarness {
  readonly create: (patience: Patience) => Promise<AsyncDisposable & { readonly executor: Executor }>;
  /** The action that runs a line of shell. */
  readonly shell: (line: string) => Action;
  /** The action that runs a program without a shell; null when it is for the executor alone to say which program runs. */
  readonly program: ((...argv: [string, ...string[]]) => Action) | null;
  /** Whether commands write into named pipes, which can be opened by name and tell who holds them. */
  readonly hasPipes: boolean;
  /** How all actions are run; pids of isolated ones mean nothing outside. */
  readonly isolation: ExecutionContext['isolation'];
  /** Whether commands can be given variables that a shell cannot set, or keeps for itself; if not, they are refused. */
  readonly setsEveryVariable: boolean;
}

export interface Patience {
  readonly graceMs: number;
  readonly drainMs: number;
}

/** What every executor must do that runs commands on this machine (Linux). */
export function executorSuite(name: string, harness: ExecutorHarness): void {
  const { shell } = harness;
  const choice = { skip: harness.program === null && 'the program is not for its callers to choose' };
  const program = harness.program ?? ((...argv) => assert.fail(`cannot run ${argv.join(' ')}`));
  const isIsolated = harness.isolation === 'namespace';
  const patience = { graceMs: 10_000, drainMs: 200 };

  describe(`executor contract: ${name}`, { timeout: 60_000 }, () => {
    test('a command that ends with 0 succeeds, and its output is told by stream', async () => {
      await using job = await open(harness, patience);
      const { ending, stdout, stderr } = await job.run(shell('echo out; echo err >&2'));
      assert.deepEqual(ending, { outcome: 'success', exitCode: 0, reason: null });
      assert.equal(String(stdout), 'out\n');
      assert.equal(String(stderr), 'err\n');
    });

    test('a command may open its output by name', { skip: !harness.hasPipes }, async () => {
      await using job = await open(harness, patience);
      const { stdout, stderr } = await job.run(shell('echo out > /dev/stdout; echo err > /dev/stderr'));
      assert.equal(String(stdout), 'out\n');
      assert.equal(String(stderr), 'err\n');
    });

    test('a line of shell stops at the first command that fails', async () => {
      await using job = await open(harness, patience);
      const { ending, stdout } = await job.run(shell('echo one\nfalse\necho two'));
      assert.deepEqual(ending, { outcome: 'failure', exitCode: 1, reason: null });
      assert.equal(String(stdout), 'one\n');
    });

    test('many commands at once keep their output apart', async () => {
      await using job = await open(harness, patience);
      const results = await Promise.all(
        Array.from({ length: 30 }, async (_, n) =>
          job.run(shell(`echo ${n}; echo e${n} >&2; exit ${n}`), await job.elsewhere()),
        ),
      );
      assert.deepEqual(
        results.map(({ ending, stdout, stderr }) => [ending.exitCode, String(stdout), String(stderr)]),
        results.map((_, n) => [n, `${n}\n`, `e${n}\n`]),
      );
    });

    test('A35: a megabyte on stderr before anything on stdout', async () => {
      await using job = await open(harness, patience);
      const { stdout, stderr } = await job.run(shell('head -c 1000000 /dev/zero >&2; echo out'));
      assert.equal(stderr.length, 1_000_000);
      assert.equal(String(stdout), 'out\n');
    });

    test('A36: a command blocks while its output is not taken, and can still be cancelled', async () => {
      await using job = await open(harness, patience);
      const stop = new AbortController();
      const wrote = Promise.withResolvers<void>();
      const stuck = job.run(shell('head -c 2000000 /dev/zero; echo done > done; sleep 600'), {
        signal: stop.signal,
        write: stream => {
          if (stream === 'stdout') wrote.resolve();
          return new Promise(() => {});
        },
      });
      await wrote.promise;
      // Meanwhile, another command gets as far as this one would if it did not block.
      await job.run(
        shell('head -c 2000000 /dev/zero > zeroes; cat zeroes; rm zeroes'),
        await job.elsewhere(),
      );
      await assert.rejects(readFile(join(job.directory, 'done')), { code: 'ENOENT' });
      stop.abort();
      assert.equal((await stuck).ending.outcome, 'cancelled');
    });

    test('A37: bytes come through as they were printed', async () => {
      await using job = await open(harness, patience);
      const bytes = Buffer.concat([
        Buffer.from('a\r\nb\rc\0d é \u{1f682}\n'),
        Buffer.from([0x81, 0xff, 0xfe, 0xc3]),
        Buffer.alloc(10_000_000, 'long line '),
        Buffer.from('no line feed at the end'),
      ]);
      await writeFile(join(job.directory, 'bytes'), bytes);
      const { stdout, stderr } = await job.run(shell('cat bytes; cat bytes >&2'));
      assert.ok(stdout.equals(bytes));
      assert.ok(stderr.equals(bytes));
    });

    test('A38: what it leaves in the background may finish printing', async () => {
      await using job = await open(harness, { ...patience, drainMs: 30_000 });
      const { ending, stdout, system } = await job.run(
        shell(
          '(while [ ! -e main-is-gone ]; do sleep 0.01; done; echo late) & (sleep 0.1; : > main-is-gone) &',
        ),
      );
      assert.equal(ending.outcome, 'success');
      assert.equal(String(stdout), 'late\n');
      assert.equal(system, '');
    });

    test('A38: what it leaves in the background for longer is ended, and the log says so', async () => {
      await using job = await open(harness, patience);
      const { ending, stdout, system } = await job.run(shell(`${job.sleep} & echo $!`));
      assert.equal(ending.outcome, 'success');
      assert.deepEqual(await job.alive(), []);
      assert.match(system, new RegExp(`^ended sleep \\(${isIsolated ? '\\d+' : Number(stdout)}\\): `));
    });

    test('A39: a command that ignores SIGTERM is killed after the grace', async () => {
      await using job = await open(harness, { ...patience, graceMs: 100 });
      const { ending } = await job.cancelled(
        shell(`trap '' TERM; : > ready; while :; do sleep 1; done; ${job.sleep}`),
      );
      assert.deepEqual(ending, { outcome: 'cancelled', exitCode: null, reason: null });
      assert.deepEqual(await job.alive(), []);
    });

    test('a command that is cancelled may clean up', async () => {
      await using job = await open(harness, patience);
      // Its helpers are asked to end as well: that one of them fails must not end it first.
      const line = "trap 'echo cleaned up; exit 0' TERM; : > ready; while :; do sleep 0.01 || :; done";
      const { ending, stdout } = await job.cancelled(shell(line));
      assert.equal(ending.outcome, 'cancelled');
      assert.equal(String(stdout), 'cleaned up\n');
    });

    const hiders: Record<string, (sleep: string) => string> = {
      setsid: sleep => `setsid ${sleep} &\necho $! > hidden`,
      nohup: sleep => `nohup ${sleep} > /dev/null 2>&1 &\necho $! > hidden`,
      'a double fork': sleep =>
        `(setsid sh -c '${sleep} & echo $! > hidden' > /dev/null 2>&1 &)\nuntil [ -s hidden ]; do :; done`,
      'another name': sleep =>
        `sh -c 'printf "dis\\nguised" > /proc/self/comm; echo $$ > hidden; ${sleep} & wait' &\nuntil [ -s hidden ]; do :; done`,
      'an empty environment': sleep => `env -i ${sleep} > /dev/null 2>&1 &\necho $! > hidden`,
      'an empty environment in a session of its own': sleep =>
        `env -i setsid ${sleep} > /dev/null 2>&1 &\necho $! > hidden`,
    };
    for (const [how, line] of Object.entries(hiders)) {
      test(`A40: nothing survives a cancel that hides by ${how}`, async () => {
        await using job = await open(harness, patience);
        const { ending } = await job.cancelled(shell(`${line(job.sleep)}\n: > ready\nsleep 600`));
        assert.equal(ending.outcome, 'cancelled');
        assert.deepEqual(await job.alive(), []);
      });

      test(`A40: nothing survives the command's own end that hides by ${how}`, async () => {
        await using job = await open(harness, patience);
        const { ending, system } = await job.run(shell(line(job.sleep)));
        assert.equal(ending.outcome, 'success');
        assert.deepEqual(await job.alive(), []);
        const pid = isIsolated ? '\\d+' : await job.pid('hidden');
        assert.match(system, new RegExp(`^ended .*\\(${pid}\\).*: `));
      });
    }

    test('A40: who hides completely is found by the output it holds', {
      skip: !harness.hasPipes,
    }, async () => {
      await using job = await open(harness, patience);
      const line = `(cd /; env -i setsid ${job.sleep} &)`;
      const { ending } = await job.run(shell(line));
      assert.equal(ending.outcome, 'success');
      assert.deepEqual(await job.alive(), []);
    });

    test('A40: who hides completely and holds nothing ends with its namespace', {
      skip: isIsolated ? false : 'not isolated: such a process cannot be told from others of the machine',
    }, async () => {
      await using job = await open(harness, patience);
      const line = `(cd /; env -i setsid ${job.sleep} > /dev/null 2>&1 &)`;
      assert.equal((await job.run(shell(line))).ending.outcome, 'success');
      assert.deepEqual(await job.alive(), []);
      await job.cancelled(shell(`${line}\n: > ready\nsleep 600`));
      assert.deepEqual(await job.alive(), []);
    });

    test('A42: ends what a dead server has left, for the runs that are named', async () => {
      await using job = await open(harness, patience);
      const orphan = async (run: RunId) => {
        const env = { PATH: '/usr/bin:/bin', SIGNALBOX_RUN_ID: run };
        const child = spawn('sh', ['-c', 'env -i sleep 600 & echo; wait'], { env, detached: true });
        await once(child.stdout, 'data');
        return { run, home: '/nowhere', child, gone: once(child, 'exit') };
      };
      const [one, two, other] = await Promise.all([orphan(anyRun()), orphan(anyRun()), orphan(anyRun())]);
      const found = await job.executor.endOrphans([two, { run: anyRun(), home: '/nowhere' }, one]);
      assert.deepEqual([...found].sort(), [one.run, two.run].sort());
      await Promise.all([one.gone, two.gone]);
      assert.equal(other.child.exitCode ?? other.child.signalCode, null);
      assert.deepEqual(await job.executor.endOrphans([other]), [other.run]);
      await other.gone;
      assert.deepEqual(await job.executor.endOrphans([other]), []);
    });

    test('A42: what a dead server has left without its environment is found by where it works', async () => {
      await using job = await open(harness, patience);
      const home = await realpath(await mkdtemp(join(tmpdir(), 'signalbox-orphan-')));
      const [attempt, neighbour] = [
        { run: anyRun(), home },
        { run: anyRun(), home: `${home}-2` },
      ];
      const child = spawn('/bin/sleep', ['600'], { cwd: home, env: {}, detached: true, stdio: 'ignore' });
      const gone = once(child, 'exit');
      assert.deepEqual(await job.executor.endOrphans([neighbour]), []);
      assert.deepEqual(await job.executor.endOrphans([attempt]), [attempt.run]);
      await gone;
      await rm(home, { recursive: true });
      assert.deepEqual(await job.executor.endOrphans([attempt]), []);
    });

    test('A44: exit codes and signals are told apart', async () => {
      await using job = await open(harness, patience);
      const endingOf = async (line: string): Promise<Ending> => (await job.run(shell(line))).ending;
      for (const exitCode of [1, 2, 126, 127, 130, 137, 141, 255])
        assert.deepEqual(await endingOf(`exit ${exitCode}`), { outcome: 'failure', exitCode, reason: null });
      for (const [signal, number] of Object.entries({ SEGV: 11, KILL: 9, TERM: 15, ABRT: 6, HUP: 1 })) {
        const killed = { outcome: 'failure', exitCode: 128 + number, reason: `killed by SIG${signal}` };
        assert.deepEqual(await endingOf(`kill -${signal} $$`), killed);
      }
      const byChild = await endingOf("sh -c 'kill -SEGV $$'; exit");
      assert.deepEqual(byChild, { outcome: 'failure', exitCode: 139, reason: null });
    });

    test('A44: a timeout is not a cancel and not a failure', async () => {
      await using job = await open(harness, patience);
      const { ending } = await job.run(shell(job.sleep), { timeoutMs: 300 });
      assert.deepEqual(ending, { outcome: 'timeout', exitCode: null, reason: 'the limit is 300 ms' });
      assert.deepEqual(await job.alive(), []);
    });

    test('A45: what cannot start is an error that says why', choice, async () => {
      await using job = await open(harness, patience);
      await writeFile(join(job.directory, 'plain'), 'echo hello\n');
      await writeFile(join(job.directory, 'bad'), '#!/no/such/interpreter\n');
      await writeFile(join(job.directory, 'windows'), '#!/bin/sh\r\n');
      await chmod(join(job.directory, 'bad'), 0o755);
      await chmod(join(job.directory, 'windows'), 0o755);
      const gone = join(job.directory, 'gone');
      const cases: [Action, Partial<ExecutionContext>, RegExp][] = [
        [program('no-such-program'), {}, /"no-such-program" was not found: PATH is /],
        [program('ls'), { env: {} }, /"ls" was not found: PATH is not set/],
        [program('./no-such-file'), {}, /no-such-file does not exist/],
        [program('./plain'), {}, /plain is not executable/],
        [program(job.directory), {}, /is not a program/],
        [program('./bad'), {}, /first line of .*bad asks for .*\/no\/such\/interpreter does not exist/],
        [program('./windows'), {}, /CR LF/],
        [program('true'), { directory: gone }, /working directory .*gone does not exist/],
        [program('true'), { directory: join(job.directory, 'plain') }, /is not a directory/],
      ];
      for (const [action, context, reason] of cases) {
        const { ending } = await job.run(action, context);
        assert.deepEqual({ ...ending, reason: null }, { outcome: 'error', exitCode: null, reason: null });
        assert.match(ending.reason ?? '', reason);
      }
    });

    test('A46: arguments are passed as they are', choice, async () => {
      await using job = await open(harness, patience);
      const args = [
        '--foo',
        '; rm -rf /',
        '$(id)',
        '`id`',
        'a\nb',
        "it's",
        '"',
        '\\',
        '',
        '*',
        'é\u{1f682}',
        'x'.repeat(100_000),
      ];
      const { stdout } = await job.run(program('printf', '%s\\0', ...args));
      assert.deepEqual(String(stdout).split('\0').slice(0, -1), args);
    });

    test('A46: what is too large, or holds a NUL byte, is refused', choice, async () => {
      await using job = await open(harness, patience);
      const many = Object.fromEntries(
        Array.from({ length: 100 }, (_, n) => [`BIG_${n}`, 'x'.repeat(100_000)]),
      );
      const cases: [Action, Record<string, string>, RegExp][] = [
        [program('echo', 'x'.repeat(200_000)), {}, /argument 1 of the command is longer than 128 KiB/],
        [program('echo'), { BIG: 'x'.repeat(200_000) }, /variable BIG is longer than 128 KiB/],
        [program('echo'), many, /more than the system gives/],
        [program('echo', 'a\0b'), {}, /argument 1 of the command holds a NUL byte/],
        [program('echo'), { NAME: 'a\0b' }, /variable NAME holds a NUL byte/],
      ];
      for (const [action, env, reason] of cases) {
        const { ending } = await job.run(action, { env: { ...baseEnv, ...env } });
        assert.equal(ending.outcome, 'error');
        assert.match(ending.reason ?? '', reason);
      }
    });

    test('A47: a command sees exactly the environment it was given', choice, async () => {
      process.env['SIGNALBOX_SUITE'] = "the server's own";
      await using job = await open(harness, patience);
      const usual = {
        ...baseEnv,
        EMPTY: '',
        QUOTES: `'"\\$(id)`,
        LINES: 'a\nb\n',
        UTF8: 'é\u{1f682}\u0081',
        PWD: '/mine',
        IFS: 'x',
      };
      const odd = { ...usual, 'npm_config_//host/:_token': 'odd', _: 'x', PPID: '1' };
      if (!harness.setsEveryVariable) {
        const { ending } = await job.run(program('true'), { env: odd });
        assert.equal(ending.outcome, 'error');
        assert.match(ending.reason ?? '', /cannot be given the environment variable/);
      }
      for (const env of [baseEnv, usual, ...(harness.setsEveryVariable ? [odd] : [])]) {
        const { stdout } = await job.run(program('cat', '/proc/self/environ'), { env });
        const entries = String(stdout).split('\0').slice(0, -1);
        assert.deepEqual(
          entries.sort(),
          Object.entries(env)
            .map(entry => entry.join('='))
            .sort(),
        );
      }
      delete process.env['SIGNALBOX_SUITE'];
    });

    test('A73: what is in the environment is in the arguments of no process, also not while it is started', async () => {
      await using job = await open(harness, patience);
      const secret = `deploy-key-${process.pid}-${job.sleep.slice(-6)}`;
      const env = { ...baseEnv, DEPLOY_KEY: secret };
      // Some of them are gone before they are read.
      const look = 'cat /proc/[0-9]*/cmdline 2> /dev/null || :';
      const line = `${look}; : > ready; until [ -e go ]; do sleep 0.01; done; ${look}`;
      const running = job.run(shell(line), { env });
      await Promise.race([contentOf(join(job.directory, 'ready')), running]);
      assert.deepEqual(await commandsWith(secret), []);
      await writeFile(join(job.directory, 'go'), '');
      const { ending, stdout } = await running;
      assert.equal(ending.outcome, 'success', String(stdout));
      assert.ok(!stdout.includes(secret));
    });

    test('A48: stdin is empty', async () => {
      await using job = await open(harness, patience);
      const { stdout } = await job.run(shell('read line || echo nothing to read; readlink /proc/self/fd/0'));
      assert.equal(String(stdout), 'nothing to read\n/dev/null\n');
    });

    test('a command has no other file open than its three', choice, async () => {
      await using job = await open(harness, patience);
      const { stdout } = await job.run(program('ls', '/proc/self/fd'));
      // Beside the directory that ls reads, and what this process itself was given.
      assert.equal(String(stdout), String(execFileSync('ls', ['/proc/self/fd'])));
    });

    test('nothing is started once it is cancelled', async () => {
      await using job = await open(harness, patience);
      const { ending } = await job.run(shell(': > started'), { signal: AbortSignal.abort() });
      assert.equal(ending.outcome, 'cancelled');
      await assert.rejects(readFile(join(job.directory, 'started')), { code: 'ENOENT' });
    });

    test('when its output cannot be written, the command is ended and the failure passed on', async () => {
      await using job = await open(harness, patience);
      const failing = job.run(shell(`echo; ${job.sleep}`), {
        write: async stream => {
          if (stream === 'stdout') throw new Error('the disk is full');
        },
      });
      await assert.rejects(failing, /the disk is full/);
      assert.deepEqual(await job.alive(), []);
    });
  });
}

const baseEnv = { PATH: '/usr/local/bin:/usr/bin:/bin' };

const anyEvent = {
  ...blankEvent('manual'),
  id: eventId('0'.repeat(26)),
  source: 'manual',
  delivery: null,
  receivedAt: 0,
  replayOf: null,
};

let runs = 0;
function anyRun(): RunId {
  runs += 1;
  return runId(`${process.pid}x${runs}`.padStart(26, '0'));
}

interface Output {
  readonly ending: Ending;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly system: string;
}

/** An executor with a directory that its commands run in. */
async function open(harness: ExecutorHarness, patience: Patience) {
  const { executor, ...made } = await harness.create(patience);
  const homes = await mkdtemp(join(tmpdir(), 'signalbox-executor-'));
  const home = join(homes, 'one');
  const directory = join(home, 'work');
  await mkdir(directory, { recursive: true });
  runs += 1;
  // No other process of this machine has it in its arguments.
  const sleep = `sleep 600.${process.pid}${String(runs).padStart(4, '0')}`;

  async function run(action: Action, changes: Partial<ExecutionContext> = {}): Promise<Output> {
    const run = anyRun();
    const output: Record<LogStream, Uint8Array[]> = { stdout: [], stderr: [], system: [] };
    const ending = await executor.execute(action, {
      run,
      attempt: 1,
      event: anyEvent,
      directory,
      home,
      isolation: harness.isolation,
      trigger: null,
      timeoutMs: 120_000,
      signal: new AbortController().signal,
      write: async (stream, bytes) => void output[stream].push(Buffer.from(bytes)),
      step: () => Promise.resolve(),
      tellCounterpart: () => Promise.resolve(),
      ...changes,
      env: {
        ...(changes.env ?? baseEnv),
        ...(changes.env ? {} : { SIGNALBOX_RUN_ID: run, SIGNALBOX_ATTEMPT: '1' }),
      },
    });
    const [stdout, stderr, system] = [output.stdout, output.stderr, output.system].map(all =>
      Buffer.concat(all),
    );
    assert.ok(stdout && stderr && system);
    // The first line of the house tells how it is run; what else it says is worth a look.
    const [how = '', ...said] = String(system).split('\n');
    if (how !== '') assert.match(how, harness.isolation === 'none' ? /^not isolated: / : /^isolated: /);
    return { ending, stdout, stderr, system: said.join('\n') };
  }

  return {
    executor,
    directory,
    run,
    /** For another attempt at the same time, whose directory is its own as well. */
    async elsewhere(): Promise<Pick<ExecutionContext, 'home' | 'directory'>> {
      const other = await mkdtemp(join(homes, 'other-'));
      await mkdir(join(other, 'work'));
      return { home: other, directory: join(other, 'work') };
    },
    /** A command that sleeps for long, and which of those are still there. */
    sleep,
    alive: () => commandsWith(sleep),
    /** Runs an action until it has made the file `ready`, then cancels it. */
    async cancelled(action: Action): Promise<Output> {
      const stop = new AbortController();
      const running = run(action, { signal: stop.signal });
      await Promise.race([contentOf(join(directory, 'ready')), running]);
      stop.abort();
      return running;
    },
    pid: async (file: string) => Number(await contentOf(join(directory, file), /\n$/)),
    async [Symbol.asyncDispose]() {
      await made[Symbol.asyncDispose]();
      await rm(homes, { recursive: true });
    },
  };
}

/** Waits until the file is there, with all that it is to have: making it and writing into it are two steps. */
async function contentOf(file: string, whole: RegExp = /^/): Promise<string> {
  for (;;) {
    const text = await readFile(file, 'utf8').catch(() => undefined);
    if (text !== undefined && whole.test(text)) return text;
    await sleep(5);
  }
}

/** Command lines of living processes in which that text stands. */
async function commandsWith(text: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const read = (pid: string) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  const lines = await Promise.all(pids.map(read));
  return lines.map(line => line.replaceAll('\0', ' ')).filter(line => line.includes(text));
}
