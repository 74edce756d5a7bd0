import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { commandsWith, plainIsolation, shells } from '../../../test/support/command-executor.ts';
import { pushEvent } from '../../../test/support/events.ts';
import { radiclePush, rid } from '../../../test/support/radicle/events.ts';
import type { ExecutionContext } from '../../contracts/executor.ts';
import { type Adapter, secretOf, usualKnobs } from '../../domain/adapter.ts';
import type { Counterpart } from '../../domain/counterpart.ts';
import { runId } from '../../domain/id.ts';
import type { Ending } from '../../domain/run.ts';
import { createProcessTree } from '../../lib/process-tree.ts';
import { createAdapterExecutor } from './executor.ts';

const options = { timeout: 60_000 };
const triggered = `echo '{"response":"triggered","run_id":{"id":"r1"},"info_url":"https://ci.example.org/r1"}'`;
const success = `echo '{"response":"finished","result":"success"}'`;
const failure = `echo '{"response":"finished","result":"failure"}'`;

interface Told {
  readonly ending: Ending;
  readonly runs: readonly Counterpart[];
  readonly stdout: string;
  readonly stderr: string;
  readonly system: string;
}

/** An executor, and a directory with adapters that are lines of shell. */
async function open() {
  const root = await mkdtemp(join(tmpdir(), 'signalbox-adapter-'));
  const launcher = shells(join(root, 'launcher'));
  const executor = createAdapterExecutor({
    launcher,
    isolation: plainIsolation,
    processes: createProcessTree(),
    graceMs: 10_000,
    drainMs: 200,
  });
  let count = 0;

  async function run(
    script: string | null,
    changes: Partial<Adapter> = {},
    context: Partial<ExecutionContext> = {},
  ): Promise<Told> {
    count += 1;
    const home = join(root, `home-${count}`);
    const directory = join(home, 'work');
    await mkdir(directory, { recursive: true });
    const command = join(root, `adapter-${count}`);
    if (script !== null) await writeFile(command, `#!/bin/sh\n${script}\n`);
    if (script !== null) await chmod(command, 0o755);
    const said = { stdout: '', stderr: '', system: '' };
    const runs: Counterpart[] = [];
    const id = runId(`a${count}`.padStart(26, '0'));
    const ending = await executor.execute(
      {
        kind: 'adapter',
        adapter: {
          name: 'test',
          command: [command],
          env: {},
          secretEnv: [],
          config: null,
          radicleHome: null,
          directory: null,
          dialect: { protocol: 'v1', ...usualKnobs.v1 },
          strict: false,
          strictExit: false,
          ...changes,
        },
      },
      {
        run: id,
        attempt: 1,
        event: pushEvent(),
        trigger: null,
        directory,
        home,
        isolation: 'none',
        timeoutMs: 30_000,
        signal: new AbortController().signal,
        write: async (stream, bytes) => {
          said[stream] += Buffer.from(bytes).toString();
        },
        step: () => Promise.resolve(),
        tellCounterpart: async counterpart => void runs.push(counterpart),
        ...context,
        env: {
          PATH: '/usr/local/bin:/usr/bin:/bin',
          SIGNALBOX_RUN_ID: id,
          SIGNALBOX_ATTEMPT: '1',
          ...context.env,
        },
      },
    );
    return { ending, runs, ...said };
  }

  return {
    root,
    run,
    async [Symbol.asyncDispose]() {
      await launcher[Symbol.asyncDispose]();
      await rm(root, { recursive: true });
    },
  };
}

/** The case table: what an adapter does, and what that makes of its run, for who is liberal and for who is strict. */
const table: readonly (readonly [
  title: string,
  script: string,
  liberal: Ending,
  strict: Ending,
  runs?: number,
])[] = [
  ['1: success', `${triggered};${success}`, end('success', 0), end('success', 0)],
  ['2: failure', `${triggered};${failure}`, end('failure', 0), end('failure', 0)],
  ['3: failure, exit 1', `${triggered};${failure};exit 1`, end('failure', 1), end('failure', 1)],
  [
    '4: success, exit 1',
    `${triggered};${success};exit 1`,
    end('success', 1, 'adapter_exit'),
    end('success', 1, 'adapter_exit'),
  ],
  ['5: no result', triggered, end('error', 0, 'no_result'), end('error', 0, 'no_result')],
  [
    '6: killed after it has triggered',
    `${triggered};kill -9 $$`,
    end('error', 137, 'adapter_exit'),
    end('error', 137, 'adapter_exit'),
  ],
  ['7: no word', 'exit 0', end('error', 0, 'no_response'), end('error', 0, 'no_response'), 0],
  [
    '8: killed without a word',
    'kill -9 $$',
    end('error', 137, 'adapter_exit'),
    end('error', 137, 'adapter_exit'),
    0,
  ],
  ['9: finished first', success, end('success', 0), end('error', null, 'protocol'), 0],
  [
    '10: triggered twice',
    `${triggered};echo '{"response":"triggered","run_id":{"id":"r2"}}';${success}`,
    end('success', 0),
    end('error', null, 'protocol'),
  ],
  ['11: a third response', `${triggered};${success};${failure}`, end('success', 0), end('success', 0)],
  ['12: no JSON', `echo hello;${triggered};${success}`, end('success', 0), end('error', null, 'protocol')],
  ['15: stdin unread', `exec 0<&-;${triggered};${success}`, end('success', 0), end('success', 0)],
  [
    '18: children hold stdout',
    `${triggered};${success};sleep 600 & exit 0`,
    end('success', 0),
    end('success', 0),
  ],
];

function end(outcome: Ending['outcome'], exitCode: number | null, reason: string | null = null): Ending {
  return { outcome, exitCode, reason };
}

describe('the case table', options, () => {
  for (const [title, script, liberal, strict, runs = 1] of table)
    for (const [how, expected] of [
      ['liberal', liberal],
      ['strict', strict],
    ] as const)
      test(`${title} (${how})`, async () => {
        await using adapters = await open();
        // What it waits for keeps an adapter that is broken off from ending before that.
        const waits = expected.reason === 'protocol' ? `${script};sleep 600` : script;
        const told = await adapters.run(waits, { strict: how === 'strict' });
        assert.deepEqual(told.ending, expected, told.system);
        if (expected.reason !== 'protocol') assert.equal(told.runs.length > 0 ? 1 : 0, runs);
      });

  test('4: with strictExit a success with exit 1 is an error', async () => {
    await using adapters = await open();
    const { ending } = await adapters.run(`${triggered};${success};exit 1`, { strictExit: true });
    assert.deepEqual(ending, end('error', 1, 'adapter_exit'));
  });

  test('13, 14: what cannot be started', async () => {
    await using adapters = await open();
    const missing = await adapters.run(null);
    assert.deepEqual(missing.ending, end('error', null, 'spawn'));
    assert.match(missing.system, /adapter-1 does not exist/);
    const plain = join(adapters.root, 'plain');
    await writeFile(plain, 'echo\n');
    const notExecutable = await adapters.run(null, { command: [plain] });
    assert.deepEqual(notExecutable.ending, end('error', null, 'spawn'));
    assert.match(notExecutable.system, /plain is not executable/);
    const bad = join(adapters.root, 'bad');
    await writeFile(bad, '#!/no/such/shell\n', { mode: 0o755 });
    assert.deepEqual((await adapters.run(null, { command: [bad] })).ending, end('error', null, 'spawn'));
    const unknown = await adapters.run(null, { command: ['no-such-adapter'] });
    assert.match(unknown.system, /"no-such-adapter" was not found/);
  });

  test('16, 17: out of time, with all that it has started', async () => {
    await using adapters = await open();
    const sleep = `sleep 600.${process.pid}16`;
    const { ending } = await adapters.run(
      `${triggered};${success};exec >&-;${sleep} & ${sleep}`,
      {},
      { timeoutMs: 500 },
    );
    assert.equal(ending.outcome, 'timeout');
    assert.deepEqual(await commandsWith(sleep), []);
  });

  test('12: a response with a field of the wrong kind, and a result that nobody knows', async () => {
    await using adapters = await open();
    const wrong = `echo '{"response":"triggered","run_id":7}';${triggered};echo '{"response":"finished","result":"meh"}'`;
    const liberal = await adapters.run(wrong);
    assert.deepEqual(liberal.ending, end('error', 0, 'no_result'));
    assert.equal(liberal.system.match(/warning: this is no response/g)?.length, 2);
    assert.deepEqual(
      (await adapters.run(`${wrong};sleep 600`, { strict: true })).ending,
      end('error', null, 'protocol'),
    );
  });

  test('17: one that closes stdout and ends later by itself is waited for', async () => {
    await using adapters = await open();
    const { ending } = await adapters.run(`${triggered};${success};exec >&-;sleep 0.3;exit 3`);
    assert.deepEqual(ending, end('success', 3, 'adapter_exit'));
  });

  test('19: a line that does not end', async () => {
    await using adapters = await open();
    const { ending, system } = await adapters.run(`head -c 3000000 /dev/zero | tr '\\0' x; sleep 600`);
    assert.deepEqual(ending, end('error', null, 'protocol'));
    assert.match(system, /a line of its output does not end/);
  });
});

test(
  'the request is one line on stdin, which then ends; all that is said is in the log',
  options,
  async () => {
    await using adapters = await open();
    const told = await adapters.run(`cat >&2; ${triggered}; ${success}`);
    assert.equal(told.stderr.split('\n').length, 2);
    const request: unknown = JSON.parse(told.stderr);
    assert.ok(typeof request === 'object' && request !== null && 'version' in request);
    assert.match(told.system, /^request: \{"request":"trigger","version":1,"event_type":"push"/m);
    assert.equal(told.stdout.split('\n').length, 3);
    assert.deepEqual(told.runs, [{ id: 'r1', url: 'https://ci.example.org/r1' }]);
  },
);

test('5 MiB of stderr before the first response', options, async () => {
  await using adapters = await open();
  const told = await adapters.run(`head -c 5242880 /dev/zero >&2; ${triggered}; ${success}`);
  assert.equal(told.ending.outcome, 'success');
  assert.equal(told.stderr.length, 5_242_880);
});

test(
  'responses that come byte by byte, with CR LF, and without a line feed at the end',
  options,
  async () => {
    await using adapters = await open();
    await writeFile(
      join(adapters.root, 'said'),
      '\r\n{"response":"triggered","run_id":"é"}\r\n\r\n{"response":"finished","result":"failure"}',
    );
    const { ending, runs } = await adapters.run(`dd if=${adapters.root}/said bs=1 2> /dev/null`);
    assert.equal(ending.outcome, 'failure');
    assert.deepEqual(runs, [{ id: 'é', url: null }]);
  },
);

test('an adapter that says it could not', options, async () => {
  await using adapters = await open();
  const { ending } = await adapters.run(
    `${triggered}; echo '{"response":"finished","result":{"error":"no disk"}}'`,
  );
  assert.deepEqual(ending, end('error', 0, 'no disk'));
});

test('adapters of old, as they behave: native-ci and the one for GitHub Actions', options, async () => {
  await using adapters = await open();
  const red = await adapters.run(`read request; ${triggered}; ${failure}; exit 1`);
  assert.deepEqual(red.ending, end('failure', 1));
  const broken = await adapters.run('read request; echo "cannot load the configuration" >&2; exit 2');
  assert.deepEqual(broken.ending, end('error', 2, 'adapter_exit'));
  const go = `case "$(cat)" in *'"version":1,'*) ${triggered}; ${success};; *) ${failure};; esac`;
  assert.deepEqual((await adapters.run(go)).ending, end('success', 0));
  const minimal = { dialect: { ...usualKnobs.minimal, protocol: 'minimal' } } as const;
  assert.deepEqual((await adapters.run(go, minimal)).ending, end('failure', 0));
});

test(
  'its configuration is a file of its own, and its secrets are variables without their long names',
  options,
  async () => {
    await using adapters = await open();
    const told = await adapters.run(
      `ls -l "$CONFIG" | cut -c1-10 >&2; cat "$CONFIG" >&2; env >&2; ${triggered}; ${success}`,
      {
        config: { content: { state: '/var/lib/ci', n: 1 }, variable: 'CONFIG' },
        env: { LEVEL: 'debug' },
        secretEnv: ['TOKEN'],
      },
      { env: { [secretOf('test', 'TOKEN')]: 'hush' } },
    );
    assert.match(told.stderr, /^-rw-------\n\{\n {2}"state": "\/var\/lib\/ci",\n {2}"n": 1\n\}\n/);
    assert.match(told.stderr, /^LEVEL=debug$/m);
    assert.match(told.stderr, /^TOKEN=hush$/m);
    assert.doesNotMatch(told.stderr, /adapters\.test/);
  },
);

test('a repository of another forge is found in the storage of a home of its own', options, async () => {
  await using adapters = await open();
  const told = await adapters.run(
    `id=$(sed 's/.*"repository":{"id":"rad:\\([^"]*\\)".*/\\1/'); readlink "$RAD_HOME/storage/$id" >&2; ${triggered}; ${success}`,
    { radicleHome: '/nowhere' },
  );
  assert.match(told.stderr, /\/home-1\/work\/\.git$/m);
});

test(
  'a repository of Radicle is read in the home of the node, but not by an adapter that is isolated',
  options,
  async t => {
    await using adapters = await open();
    const script = `echo "$RAD_HOME" >&2; ls -l "$RAD_HOME/storage" >&2; ${triggered}; ${success}`;
    const here = await adapters.run(script, { radicleHome: adapters.root }, { event: radiclePush() });
    assert.equal(here.stderr.split('\n')[0], adapters.root);
    if ((await plainIsolation.tried).result !== 'usable') return t.skip('this machine cannot isolate');
    const hidden = await adapters.run(script, {}, { isolation: 'namespace' });
    assert.deepEqual(hidden.ending, end('error', null, 'spawn'));
    assert.match(
      hidden.system,
      /adapter-2 lies in \/tmp, which an isolated command does not see: install it elsewhere/,
    );
    const apart = await adapters.run(
      null,
      { radicleHome: adapters.root, command: ['sh', '-c', script] },
      { event: radiclePush(), isolation: 'namespace' },
    );
    assert.match(apart.stderr.split('\n')[0] ?? '', /\/adapter\/radicle$/);
    assert.ok(apart.stderr.includes(`${rid.slice(4)} -> `), apart.stderr + apart.system);
  },
);

test('without a repository there is nothing to ask for', options, async () => {
  await using adapters = await open();
  const { ending } = await adapters.run(triggered, {}, { event: pushEvent({ repo: null }) });
  assert.equal(ending.outcome, 'error');
  assert.match(ending.reason ?? '', /the event brings none/);
});

test('100 adapters in a row leave no descriptor, process or zombie behind', options, async () => {
  await using adapters = await open();
  const config = { content: {}, variable: 'CONFIG' };
  await adapters.run(`${triggered};${success}`, { config });
  const before = { descriptors: await descriptors(), processes: await descendants(process.pid) };
  for (let n = 0; n < 100; n += 1)
    assert.equal((await adapters.run(`${triggered};${success}`, { config })).ending.outcome, 'success');
  const after = { descriptors: await descriptors(), processes: await descendants(process.pid) };
  assert.ok(before.processes.length > 0, 'looked at too little: the launcher itself is a process');
  assert.ok(after.descriptors <= before.descriptors + 2, `${before.descriptors} → ${after.descriptors}`);
  assert.ok(after.processes.length <= before.processes.length + 1, after.processes.join('\n'));
  assert.deepEqual(
    after.processes.filter(state => state === 'Z'),
    [],
  );
});

const descriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

/** The states of all processes that come from one, as the kernel letters them. */
async function descendants(of: number): Promise<readonly string[]> {
  const lines = await Promise.all(
    (await readdir('/proc'))
      .filter(name => /^\d+$/.test(name))
      .map(pid => readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')),
  );
  const all = lines.flatMap(line => {
    const [, pid, state = '', parent] = /^(\d+) \(.*\) (\S) (\d+) /s.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), state, parent: Number(parent) }];
  });
  const below = (id: number): readonly string[] =>
    all.filter(({ parent }) => parent === id).flatMap(({ pid, state }) => [state, ...below(pid)]);
  return below(of);
}

test('an adapter that never stops saying the same is told of a few times', options, async () => {
  await using adapters = await open();
  const again = `{"response":"triggered","run_id":"one","info_url":"https://ci.example.org/'"$n"'"}`;
  const { ending, runs, system } = await adapters.run(
    `n=0; while [ $n -lt 500 ]; do n=$((n+1)); printf '${again}\\nnoise\\n'; done
echo '{"response":"finished","result":"success"}'`,
  );
  assert.equal(ending.outcome, 'success');
  assert.deepEqual(runs, [{ id: 'one', url: 'https://ci.example.org/1' }]);
  assert.equal(system.match(/^warning: /gm)?.length, 21);
});
