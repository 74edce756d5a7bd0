import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandsWith, plainIsolation } from '../../../test/support/command-executor.ts';
import { pushEvent } from '../../../test/support/events.ts';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { runId } from '../../domain/id.ts';
import { createIsolation } from '../../lib/isolation/isolation.ts';
import { createLauncher } from '../../lib/launcher/launcher.ts';
import { createProcessTree } from '../../lib/process-tree.ts';
import { createCommandExecutor } from './executor.ts';

const tried = await plainIsolation.tried;
const here = `here: isolation is ${tried.result}`;
const options = { timeout: 30_000 };
const run = runId('isolated'.padStart(26, '0'));
const PATH = '/usr/local/bin:/usr/bin:/bin';

/** A server's data directory with two workspaces, as a job in the first one finds it. */
async function openData(place = tmpdir()) {
  const root = await mkdtemp(join(place, 'signalbox-isolation-test-'));
  // Open to everyone on this machine: what keeps a job out is its isolation alone.
  await chmod(root, 0o755);
  const [data, secretFile, serverHome] = [join(root, 'data'), join(root, 'secret'), join(root, 'home')];
  const home = join(data, 'workspaces', `${run}-1`);
  for (const directory of [join(home, 'work'), join(data, 'workspaces', 'other'), serverHome])
    await mkdir(directory, { recursive: true });
  for (const file of [join(data, 'admin-token'), join(data, 'workspaces/other/file'), secretFile])
    await writeFile(file, 'for nobody else');
  const isolation = createIsolation({
    directory: join(root, 'trial'),
    hidden: () => ({ directories: [data, serverHome], files: [secretFile] }),
    environment: { PATH, HOME: serverHome, USER: 'server', TMPDIR: '/var/tmp' },
  });
  const launcher = createLauncher({ directory: join(data, 'launcher'), warm: 1 });
  const patience = { graceMs: 300, drainMs: 200 };
  const executor = createCommandExecutor({
    launcher,
    isolation,
    processes: createProcessTree(),
    ...patience,
  });
  return {
    data,
    home,
    serverHome,
    secretFile,
    executor,
    async run(line: string, changes: Partial<ExecutionContext> = {}) {
      const output = { stdout: '', stderr: '', system: '' };
      const ending = await executor.execute(
        { kind: 'command', command: { shell: line } },
        {
          run,
          attempt: 1,
          event: pushEvent(),
          directory: join(home, 'work'),
          home,
          isolation: 'namespace',
          env: { PATH, SIGNALBOX_RUN_ID: run, SIGNALBOX_ATTEMPT: '1' },
          trigger: null,
          timeoutMs: 20_000,
          signal: new AbortController().signal,
          write: async (stream, bytes) => {
            output[stream] += Buffer.from(bytes).toString();
          },
          step: () => Promise.resolve(),
          tellCounterpart: () => Promise.resolve(),
          ...changes,
        },
      );
      return { ending, ...output };
    },
    async [Symbol.asyncDispose]() {
      await launcher[Symbol.asyncDispose]();
      await isolation[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

/** Each of these is told as a line when a job can do it. */
const trespasses = (world: Awaited<ReturnType<typeof openData>>): string => `
  can() { what=$1; shift; if "$@" > /dev/null 2>&1; then echo "can $what"; fi; }
  can 'read the admin token' cat ${world.data}/admin-token
  can 'see another workspace' ls ${world.data}/workspaces/other
  can 'see the launcher' ls ${world.data}/launcher
  can 'read a secret file' grep -q . ${world.secretFile}
  can 'read what the server was started with' grep -qz . /proc/${process.pid}/environ
  can 'read what process 1 was started with' grep -qz . /proc/1/environ
  can 'look behind process 1' ls /proc/1/root/
  can 'signal the server' kill -0 ${process.pid}
  can 'take the cover off' umount ${world.data}
  can 'take the cover off as root of its own' unshare -Urm sh -c 'umount ${world.data} && ls ${world.data}/admin-token'
  can 'mount a process list' mount -t proc proc /proc
  can 'become root' setpriv --reuid=0 true
  grep -q ' ${process.pid} ' /proc/[0-9]*/status && echo 'can see the server' || :`;

// An isolated job has another /tmp: what is hidden there and what is hidden elsewhere are two things.
for (const place of [tmpdir(), homedir()])
  test(
    `A50: what a job in ${place} reads of the server is told, and nothing when it is isolated (${here})`,
    options,
    async () => {
      await using world = await openData(place);
      const free = await world.run(trespasses(world), { isolation: 'none' });
      assert.match(free.stdout, /^can read the admin token$/m);
      assert.equal(free.system, 'not isolated: it may do what signalbox itself may\n');
      const { ending, stdout, system } = await world.run(trespasses(world));
      assert.equal(stdout, '');
      if (tried.result === 'unusable') return assert.equal(ending.outcome, 'error');
      assert.equal(ending.outcome, 'success');
      assert.match(system, /^isolated: /);
    },
  );

test(
  `what must be isolated and cannot be is an error that says how to mend it (${here})`,
  options,
  async () => {
    await using world = await openData();
    // A machine without the tools: on this one, the system's directories have them.
    const missing = createIsolation({
      directory: join(world.data, 'trial'),
      hidden: () => ({ directories: [], files: [] }),
      environment: {},
    });
    const refusal = {
      result: 'unusable',
      reason: 'unshare: Operation not permitted',
      mend: 'allow it',
    } as const;
    await using launcher = createLauncher({ directory: join(world.data, 'unused'), warm: 0 });
    const executor = createCommandExecutor({
      launcher,
      isolation: {
        ...missing,
        enclose: async (...args) => (tried.result === 'usable' ? refusal : missing.enclose(...args)),
      },
      processes: createProcessTree(),
      graceMs: 10_000,
      drainMs: 200,
    });
    const ending = await executor.execute(
      { kind: 'command', command: { shell: ': > started' } },
      {
        run,
        attempt: 1,
        event: pushEvent(),
        directory: join(world.home, 'work'),
        home: world.home,
        isolation: 'namespace',
        env: { PATH },
        trigger: null,
        timeoutMs: 20_000,
        signal: new AbortController().signal,
        write: async () => undefined,
        step: () => Promise.resolve(),
        tellCounterpart: () => Promise.resolve(),
      },
    );
    assert.equal(ending.outcome, 'error');
    assert.match(
      ending.reason ?? '',
      /^it has to be isolated, and this machine cannot do that \(.+\): .+, or write "isolation: none"/,
    );
    assert.deepEqual(await readdir(join(world.home, 'work')), []);
    await missing[Symbol.asyncDispose]();
  },
);

const needs = tried.result === 'usable' ? {} : { skip: `this machine cannot isolate: ${tried.reason}` };

test('an isolated job has a HOME and a /tmp of its own, on the disk of its workspace', {
  ...options,
  ...needs,
}, async () => {
  await using world = await openData();
  const marker = `signalbox-${process.pid}`;
  await writeFile(join(tmpdir(), marker), '');
  const taken = { PATH, HOME: world.serverHome, USER: 'server', TMPDIR: '/var/tmp' };
  const line = `cd "$HOME"; pwd; : > "$TMPDIR/made"; ls /tmp; ls ${world.serverHome} 2>/dev/null || :; echo "$USER"; id -u`;
  const { stdout, stderr } = await world.run(line, { env: taken });
  const user = process.getuid?.() === 0 ? ['nobody', '65534'] : ['server', String(process.getuid?.())];
  assert.equal(stderr, '');
  const [pwd, ...rest] = stdout.trimEnd().split('\n');
  assert.equal(pwd, join(world.home, 'home'));
  assert.ok(rest.includes('made') && !rest.includes(marker));
  assert.deepEqual(rest.slice(-2), user);
  assert.ok((await readdir(join(world.home, 'tmp'))).includes('made'));
  // What the rule chose stays.
  const chosen = await world.run('echo "$HOME $TMPDIR"', { env: { PATH, HOME: '/srv', TMPDIR: '.' } });
  assert.equal(chosen.stdout, '/srv .\n');
  await rm(join(tmpdir(), marker));
});

// ssh takes its keys from there also when HOME is another directory.
test('an isolated job does not see the home directory that its user is registered with', {
  ...options,
  ...needs,
}, async () => {
  await using world = await openData();
  const home = await realpath(userInfo().homedir);
  const { stdout } = await world.run(`ls -A ${home}; grep -c " ${home} .* tmpfs " /proc/self/mountinfo`);
  assert.equal(stdout, '1\n');
});

test('isolated jobs leave each other nothing where everybody may write', {
  ...options,
  ...needs,
}, async () => {
  await using world = await openData();
  const name = `signalbox-left-${process.pid}`;
  const places = ['/var/tmp', '/dev/shm'].filter(place => existsSync(place));
  const { stderr } = await world.run(places.map(place => `: > ${place}/${name}`).join('\n'));
  assert.equal(stderr, '');
  assert.deepEqual(
    places.filter(place => existsSync(join(place, name))),
    [],
  );
  assert.ok((await readdir(join(world.home, 'tmp'))).includes(name));
});

// It is who the server is, where that is no root: it could read what its user types.
test('an isolated job reads no terminal of the machine, nor other devices, and can open one of its own', {
  ...options,
  ...needs,
}, async () => {
  await using world = await openData();
  const line = `exec 7<> /dev/ptmx
    for file in /dev/* /dev/pts/*; do
      if [ ! -L $file ] && { [ -c $file ] || [ -b $file ]; }; then echo $file; fi
    done`;
  const { stdout, stderr } = await world.run(line);
  assert.equal(stderr, '');
  const harmless = ['full', 'null', 'random', 'tty', 'urandom', 'zero', 'pts/0', 'pts/ptmx'];
  const found = stdout.trimEnd().split('\n');
  assert.deepEqual(
    found,
    harmless.map(name => `/dev/${name}`),
  );
});

test('a program that is hidden is told to be so', { ...options, ...needs }, async () => {
  await using world = await openData();
  await writeFile(join(world.serverHome, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
  const ending = await world.executor.execute(
    { kind: 'command', command: { argv: ['tool'] } },
    {
      run,
      attempt: 1,
      event: pushEvent(),
      directory: join(world.home, 'work'),
      home: world.home,
      isolation: 'namespace',
      env: { PATH: `${world.serverHome}:${PATH}` },
      trigger: null,
      timeoutMs: 20_000,
      signal: new AbortController().signal,
      write: async () => undefined,
      step: () => Promise.resolve(),
      tellCounterpart: () => Promise.resolve(),
    },
  );
  assert.equal(ending.outcome, 'error');
  assert.match(ending.reason ?? '', /tool lies in .*, which an isolated command does not see/);
});

test('isolated jobs and others take turns in the same shells', { ...options, ...needs }, async () => {
  await using world = await openData();
  const see = `[ -e ${world.data}/admin-token ] && echo seen || echo hidden`;
  for (let n = 0; n < 3; n += 1) {
    assert.equal((await world.run(see)).stdout, 'hidden\n');
    assert.equal((await world.run(see, { isolation: 'none' })).stdout, 'seen\n');
  }
});

test('A41: what forks faster than it can be found ends with its namespace', {
  ...options,
  ...needs,
}, async () => {
  await using world = await openData();
  const mark = `hydra-${process.pid}`;
  const hydra = join(world.home, 'work', 'hydra');
  const again = `(sleep 0.001; cd /; setsid "$0" ${mark} > /dev/null 2>&1 < /dev/null &)`;
  await writeFile(hydra, `#!/bin/sh\ntrap '' TERM\n${again}\n`, { mode: 0o755 });
  const stop = new AbortController();
  const line = `trap '' TERM; for _ in 1 2 3; do setsid ${hydra} ${mark} & done; while :; do sleep 1; done`;
  const running = world.run(line, { signal: stop.signal });
  while ((await commandsWith(`hydra ${mark}`)).length === 0);
  stop.abort();
  assert.equal((await running).ending.outcome, 'cancelled');
  assert.deepEqual(await commandsWith(mark), []);
});

for (const isolation of tried.result === 'usable' ? (['none', 'namespace'] as const) : (['none'] as const))
  test(
    `A42: after kill -9 of a server, the next one ends what it was running (isolation: ${isolation})`,
    options,
    async () => {
      await using world = await openData();
      const sleep = `sleep 600.${process.pid}42`;
      // Alone, without its environment: only process 1 of the namespace still tells whose it is.
      const hidden = isolation === 'none' ? `setsid ${sleep} & ${sleep}` : `exec env -i ${sleep}`;
      const server = `
      import { createCommandExecutor } from ${JSON.stringify(import.meta.resolve('./executor.ts'))};
      import { createIsolation } from ${JSON.stringify(import.meta.resolve('../../lib/isolation/isolation.ts'))};
      import { createLauncher } from ${JSON.stringify(import.meta.resolve('../../lib/launcher/launcher.ts'))};
      import { createProcessTree } from ${JSON.stringify(import.meta.resolve('../../lib/process-tree.ts'))};
      const launcher = createLauncher({ directory: ${JSON.stringify(join(world.data, 'killed'))}, warm: 2 });
      const isolation = createIsolation({
        directory: ${JSON.stringify(join(world.data, 'trial'))}, hidden: () => ({ directories: [], files: [] }), environment: {},
      });
      const executor = createCommandExecutor({ launcher, isolation, processes: createProcessTree(), graceMs: 100, drainMs: 100 });
      await executor.execute({ kind: 'command', command: { shell: 'echo; ${hidden}' } }, {
        run: '${run}', attempt: 1, directory: '${world.home}/work', home: '${world.home}', isolation: '${isolation}',
        trigger: null,
        timeoutMs: 600_000, signal: new AbortController().signal,
        env: { PATH: '/usr/bin:/bin', SIGNALBOX_RUN_ID: '${run}' },
        write: async (stream, bytes) => stream === 'stdout' && void process.stdout.write(bytes),
      });`;
      const child = spawn(process.execPath, ['--input-type=module', '-e', server], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      await once(child.stdout, 'data');
      while ((await commandsWith(sleep)).length === 0);
      child.kill('SIGKILL');
      await once(child, 'exit');
      assert.notDeepEqual(await commandsWith(sleep), []);
      assert.deepEqual(await world.executor.endOrphans([{ run, home: world.home }]), [run]);
      assert.deepEqual(await commandsWith(sleep), []);
      assert.deepEqual(await world.executor.endOrphans([{ run, home: world.home }]), []);
    },
  );
