import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { processGroups } from './process-groups.ts';
import { createProcessSearch } from './process-search.ts';
import { type JobMarks, noMarks as none, type Process } from './process-system.ts';
import { createProcessTree } from './process-tree.ts';

const options = { timeout: 30_000 };

/** A shell in a session of its own that has started what it is to start when it has printed a line. */
async function start(script: string, env: Record<string, string> = {}) {
  const shell = spawn('/bin/sh', ['-c', script], {
    env: { PATH: '/usr/bin:/bin', ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  assert.ok(shell.pid);
  const [text] = await once(shell.stdout, 'data');
  const { pid } = shell;
  return {
    shell,
    pid,
    printed: String(text).trim(),
    exit: once(shell, 'exit'),
    /** Nothing stays behind when a test fails. */
    [Symbol.dispose]() {
      if (!isGone(shell)) process.kill(-pid, 'SIGKILL');
    },
  };
}

const pidsOf = (processes: readonly Process[]): readonly number[] =>
  processes.map(({ pid }) => pid).sort((a, b) => a - b);
const isGone = (shell: ChildProcess): boolean => shell.exitCode !== null || shell.signalCode !== null;

test('finds a job by its session, by its environment, and by its launcher', options, async () => {
  const tree = createProcessTree();
  using job = await start('sleep 600 & setsid sleep 600 & echo $!; wait', { RUN: '1', ATTEMPT: '2' });
  const pids = async (marks: Partial<JobMarks>): Promise<readonly number[]> =>
    pidsOf(await tree.find({ ...none, ...marks }));
  const all = await pids({ session: job.pid });
  assert.equal(all.length, 3);
  assert.ok(all.includes(job.pid) && all.includes(Number(job.printed)));
  assert.deepEqual(await pids({ entries: ['RUN=1', 'ATTEMPT=2'] }), all);
  assert.deepEqual(await pids({ entries: ['RUN=1', 'ATTEMPT=1'] }), []);
  assert.deepEqual(await pids({ entries: ['RUN='] }), []);
  assert.deepEqual(await pids({ entries: ['UN=1'] }), []);
  assert.deepEqual(
    await pids({ launchers: [job.pid], session: job.pid }),
    all.filter(pid => pid !== job.pid),
  );
  assert.deepEqual(await pids({}), []);
  const { ended, survivors } = await tree.end({ ...none, session: job.pid }, 10_000);
  assert.deepEqual(pidsOf(ended), all);
  assert.deepEqual(survivors, []);
  await job.exit;
});

test('does not take what it is itself part of', options, async () => {
  const tree = createProcessTree();
  const found = await tree.find({ ...none, launchers: [process.ppid] });
  assert.ok(found.every(({ pid }) => pid !== process.pid));
});

test('many searches at once each find their own', options, async () => {
  const tree = createProcessTree();
  const jobs = await Promise.all(
    Array.from({ length: 8 }, (_, n) => start('echo; exec sleep 600', { JOB: String(n) })),
  );
  const found = await Promise.all(jobs.map((_, n) => tree.find({ ...none, entries: [`JOB=${n}`] })));
  assert.deepEqual(
    found.map(processes => processes.map(({ pid }) => pid)),
    jobs.map(({ pid }) => [pid]),
  );
  await Promise.all(jobs.map(({ pid }) => tree.end({ ...none, session: pid }, 0)));
  await Promise.all(jobs.map(({ exit }) => exit));
});

test('knows a young job without looking at the whole machine', options, async () => {
  const tree = createProcessTree();
  using older = await start('echo; exec sleep 600', { JOB: 'young' });
  const since = tree.moment();
  using younger = await start('echo; exec sleep 600', { JOB: 'young' });
  const marks = { ...none, entries: ['JOB=young'], since };
  // However slow this machine is: what is younger is always found.
  assert.ok((await tree.find(marks)).some(({ pid }) => pid === younger.pid));
  const old = { ...marks, since: { ...since, atMs: since.atMs - 60_000 } };
  assert.deepEqual(
    pidsOf(await tree.find(old)),
    [older.pid, younger.pid].sort((a, b) => a - b),
  );
  await tree.end(old, 0);
  await Promise.all([older.exit, younger.exit]);
});

test('A43: a pid that was given to another process is left alone', options, async () => {
  const search = createProcessSearch();
  using job = await start('echo; exec sleep 600');
  const [found] = await search.find({ ...none, session: job.pid });
  assert.ok(found);
  search.signal({ ...found, startedAt: found.startedAt - 1 }, 'SIGKILL');
  search.signal({ ...found, startedAt: found.startedAt + 1 }, 'SIGKILL');
  assert.equal((await search.find({ ...none, session: job.pid })).length, 1);
  assert.equal(isGone(job.shell), false);
  search.signal(found, 'SIGKILL');
  await job.exit;
  // It is gone by now, which is nothing to complain about.
  search.signal(found, 'SIGKILL');
});

test(
  'A39: when the grace is over, process 1 of a job’s namespace is killed first: the rest goes with it',
  options,
  async () => {
    const tree = createProcessTree();
    using init = await start('echo; exec sleep 600');
    using job = await start("trap '' TERM; echo; while :; do sleep 0.01; done");
    const [known] = await tree.find({ ...none, session: init.pid });
    const marks = { ...none, session: job.pid, launchers: [init.pid], init: known };
    const { ended, survivors } = await tree.end(marks, 0);
    assert.ok(ended.every(({ pid }) => pid !== init.pid));
    assert.deepEqual(survivors, []);
    assert.deepEqual(await init.exit, [null, 'SIGKILL']);
  },
);

test('what a search finds after the time for killing is over is killed all the same', options, async () => {
  const tree = createProcessTree();
  using job = await start("trap '' TERM; echo; while :; do sleep 600; done");
  // As if the first search had taken ten seconds.
  await tree.end({ ...none, session: job.pid }, -10_000);
  await job.exit;
  assert.ok(isGone(job.shell));
  assert.deepEqual(await tree.find({ ...none, session: job.pid }), []);
});

test('a stopped process is woken to end', options, async () => {
  const tree = createProcessTree();
  using job = await start('echo; kill -STOP $$; exec sleep 600');
  const { survivors } = await tree.end({ ...none, session: job.pid }, 10_000);
  assert.deepEqual(survivors, []);
  assert.deepEqual(await job.exit, [null, 'SIGTERM']);
});

test(
  'what ignores SIGTERM is killed after the grace, and what it starts meanwhile as well',
  options,
  async () => {
    const tree = createProcessTree();
    using job = await start("trap 'setsid sleep 600 &' TERM; echo; while :; do sleep 0.01; done", {
      JOB: 'stubborn',
    });
    const { ended, survivors } = await tree.end(
      { ...none, session: job.pid, entries: ['JOB=stubborn'] },
      100,
    );
    assert.deepEqual(survivors, []);
    assert.ok(ended.some(({ pid }) => pid === job.pid));
    assert.deepEqual(await job.exit, [null, 'SIGKILL']);
  },
);

test('elsewhere than on Linux, the process group is found and ended', options, async () => {
  using job = await start('sleep 600 & echo; wait');
  const marks = { ...none, session: job.pid };
  const [group] = await processGroups.find(marks);
  assert.deepEqual(group, {
    pid: -job.pid,
    startedAt: 0,
    name: `process group ${job.pid}`,
    isExiting: false,
  });
  assert.ok(group);
  processGroups.signal(group, 'SIGKILL');
  await job.exit;
  assert.deepEqual(await processGroups.find(none), []);
});
