import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { url as inspectorUrl } from 'node:inspector';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { until } from '../../../../test/support/server.ts';
import type { CliIo } from '../../io.ts';
import { webhook } from './command.ts';

interface Stand {
  readonly directory: string;
  write(name: string, text: string): void;
  /** Starts the program; resolves when it answers, or has ended. */
  start(...argv: readonly string[]): Promise<Running>;
}

interface Running {
  readonly code: () => number | null;
  readonly out: () => string;
  readonly err: () => string;
  /** The answer to a GET: status and body. */
  get(path: string): Promise<string>;
  readonly end: () => Promise<number>;
}

async function atStand(use: (stand: Stand) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-as-webhook-'));
  const ends: (() => Promise<number>)[] = [];
  try {
    await use({
      directory,
      write: (name, text) => writeFileSync(join(directory, name), text),
      start: async (...argv) => {
        const running = await start(directory, argv);
        ends.push(running.end);
        return running;
      },
    });
  } finally {
    for (const end of ends) await end();
    rmSync(directory, { recursive: true });
  }
}

async function start(directory: string, argv: readonly string[]): Promise<Running> {
  const ready = join(directory, 'ready.json');
  rmSync(ready, { force: true });
  const drain = new AbortController();
  const [out, err]: [string[], string[]] = [[], []];
  let wanted = 0;
  let ended: number | null = null;
  const writer = (lines: string[]) => ({
    write: (text: string | Uint8Array) => void lines.push(String(text)),
    drained: async () => {},
  });
  const io: CliIo = {
    stdout: writer(out),
    stderr: writer(err),
    isTTY: false,
    colour: false,
    columns: 80,
    env: { PATH: process.env['PATH'] },
    cwd: directory,
    now: Date.now,
    signal: drain.signal,
    life: { drain: drain.signal, abandon: new AbortController().signal },
    exitWith: code => {
      wanted = code;
    },
  };
  const own = ['-ready-file', ready, '-data', join(directory, 'data'), '-admin-port', '0'];
  const over = webhook({ io, pid: process.pid }, [...argv, ...own]).then(() => {
    ended = wanted;
    return wanted;
  });
  await until(() => ended !== null || existsSync(ready), 'the program to answer or to end');
  return {
    code: () => ended,
    out: () => out.join(''),
    err: () => err.join(''),
    get: path => answerAt(JSON.parse(readFileSync(ready, 'utf8')).public, path),
    end: () => {
      drain.abort();
      return over;
    },
  };
}

function answerAt(base: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const at = base.startsWith('unix:')
      ? { socketPath: base.slice('unix:'.length), path }
      : { host: new URL(base).hostname, port: new URL(base).port, path };
    const asked = request({ ...at, agent: false }, response => {
      let text = `${response.statusCode} `;
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('end', () => resolve(text));
    });
    asked.on('error', reject).end();
  });
}

const loopback = ['-ip', '127.0.0.1', '-port', '0'] as const;
const hooks = (...ids: readonly string[]): string =>
  JSON.stringify(
    ids.map(id => ({ id, 'execute-command': '/bin/true', 'response-message': `this is ${id}` })),
  );

describe('as webhook', { concurrency: false, timeout: 60_000 }, () => {
  test('tells its version, and the cipher suites', () =>
    atStand(async stand => {
      const version = await stand.start('-version');
      assert.match(version.out(), /^webhook version 2\.8\.2 \(signalbox \S+\)\n$/);
      assert.equal(version.code(), 0);
      assert.match((await stand.start('-list-cipher-suites')).out(), /^TLS_RSA_WITH_AES_128_CBC_SHA\n/);
    }));

  test('ends as the original does when it cannot start, and says why', () =>
    atStand(async stand => {
      stand.write('hooks.json', hooks('a'));
      stand.write('b.json', hooks('a'));
      stand.write('pid', '1');
      stand.write('bad.pem', 'no certificate');
      const cases: readonly (readonly [argv: string, code: number, said: RegExp])[] = [
        ['-nosuch', 2, /^flag provided but not defined: -nosuch\nUsage of /],
        ['-setuid 5', 1, /^error: setuid and setgid options must be used together\n$/],
        [
          '-ip 203.0.113.9',
          1,
          /^\[webhook\] [\d/]{10} [\d:]{8} port 9000 on 203\.0\.113\.9 cannot be opened: /,
        ],
        ['-hooks none.json', 1, /^couldn't load any hooks from file!\naborting webhook execution /],
        ['-hooks hooks.json -hooks b.json', 1, / hook with the id a has already been loaded: /],
        ['-logfile no/such', 1, / error opening log file /],
        [
          '-pidfile pid',
          1,
          / Error creating pidfile: pid file found, ensure webhook is not running or delete /,
        ],
        ['-secure -cert none.pem', 1, / no such file or directory.*none\.pem/],
        ['-secure -cert bad.pem -key bad.pem', 1, /PEM|pem/],
        ['-secure -tls-min-version 1.4', 1, / error: unknown minimum TLS version: 1\.4/],
      ];
      for (const [argv, code, said] of cases) {
        const place = argv.includes('-ip') ? [] : loopback;
        const running = await stand.start(...place, ...argv.split(' '));
        assert.match(running.out() + running.err(), said, argv);
        assert.equal(running.code(), code, argv);
      }
    }));

  test('without -verbose nothing is logged, and with -nopanic or -verbose no hooks are needed', () =>
    atStand(async stand => {
      const quiet = await stand.start(...loopback, '-nopanic');
      assert.equal(await quiet.get('/hooks/a'), '404 Hook not found.');
      assert.equal(await quiet.end(), 0);
      assert.equal(quiet.out() + quiet.err(), '');
      const verbose = await stand.start(...loopback, '-verbose');
      assert.equal(await verbose.get('/'), '200 OK');
    }));

  test('logs what people grep for, where they want it', () =>
    atStand(async stand => {
      stand.write('hooks.json', hooks('a'));
      const running = await stand.start(...loopback, '-logfile', 'log', '-x-request-id');
      assert.equal(await running.get('/hooks/a?x=%0a'), '200 this is a');
      const log = () => readFileSync(join(stand.directory, 'log'), 'utf8');
      await until(() => log().includes('finished handling'), "the command's end");
      assert.equal(await running.end(), 0);
      assert.equal(running.err(), '');
      const lines = log()
        .replaceAll(stand.directory, 'HERE')
        .replaceAll(/^\[webhook\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /gm, '')
        .replaceAll(/\[[0-9a-f]{6}\]/g, '[id]')
        .replaceAll(/127\.0\.0\.1:\d+/g, 'PLACE')
        .replaceAll(/\| [\d.]+(?:ns|µs|ms|s) \|/g, '| TIME |');
      assert.deepEqual(lines.split('\n'), [
        'version 2.8.2 starting',
        'attempting to load hooks from hooks.json',
        'found 1 hook(s) in file',
        '\tloaded: a',
        'runs and their logs: http://PLACE, kept in HERE/data',
        'serving hooks on http://PLACE/hooks/{id}',
        '[id] incoming HTTP GET request from PLACE',
        '[id] a got matched',
        '[id] a hook triggered successfully',
        '[id] executing /bin/true (/bin/true) with arguments ["/bin/true"] and environment [] using  as cwd',
        '[id] 200 | 9 B | TIME | PLACE | GET /hooks/a?x=%0a',
        '[id] command output: ',
        '[id] finished handling a',
        'caught terminated signal; exiting',
        '',
      ]);
    }));

  test('serves over a unix socket, under another prefix, with a pid file that goes with it', () =>
    atStand(async stand => {
      stand.write('hooks.json', hooks('a/b'));
      const running = await stand.start(
        ...'-socket door -urlprefix x/y -pidfile run/pid -http-methods get'.split(' '),
      );
      assert.equal(readFileSync(join(stand.directory, 'run', 'pid'), 'utf8'), String(process.pid));
      assert.equal(await running.get('/x/y/a/b'), '200 this is a/b');
      assert.equal(await running.get('/hooks/a/b'), '404 404 page not found\n');
      await running.end();
      assert.equal(existsSync(join(stand.directory, 'run', 'pid')), false);
      assert.equal(existsSync(join(stand.directory, 'door')), false);
    }));

  test('with -hotreload a file that is replaced by renaming counts at once, a broken one never', () =>
    atStand(async stand => {
      stand.write('hooks.json', hooks('a'));
      const running = await stand.start(...loopback, '-hotreload', '-verbose');
      stand.write('new', hooks('b'));
      renameSync(join(stand.directory, 'new'), join(stand.directory, 'hooks.json'));
      await until(async () => (await running.get('/hooks/b')) === '200 this is b', 'the new hook');
      assert.equal(await running.get('/hooks/a'), '404 Hook not found.');
      stand.write('hooks.json', '[{');
      await until(() => running.err().includes('reverting hooks back'), 'the refusal');
      assert.equal(await running.get('/hooks/b'), '200 this is b');
      rmSync(join(stand.directory, 'hooks.json'));
      await until(() => running.err().includes('removing hooks that were loaded'), 'the removal');
      assert.equal(await running.get('/hooks/b'), '404 Hook not found.');
      assert.equal(running.code(), null);
    }));

  for (const signal of ['SIGHUP', 'SIGUSR1'] as const)
    test(`${signal} reads the files again, and does nothing else`, () =>
      atStand(async stand => {
        stand.write('hooks.json', hooks('a'));
        const running = await stand.start(...loopback, '-verbose');
        stand.write('hooks.json', hooks('b'));
        process.kill(process.pid, signal);
        await until(() => running.err().includes(`caught ${signal.slice(3)} signal`), 'the signal');
        assert.equal(await running.get('/hooks/b'), '200 this is b');
        assert.equal(inspectorUrl(), undefined);
      }));

  test('the end waits for the answer to a command that is waited for', () =>
    atStand(async stand => {
      stand.write('wait.sh', '#!/bin/sh\n: > begun\nwhile [ ! -e go ]; do sleep 0.05; done\necho done\n');
      chmodSync(join(stand.directory, 'wait.sh'), 0o755);
      const hook = { id: 'a', 'execute-command': './wait.sh', 'include-command-output-in-response': true };
      stand.write('hooks.json', JSON.stringify([hook]));
      const running = await stand.start(...loopback);
      const answer = running.get('/hooks/a');
      await until(() => existsSync(join(stand.directory, 'begun')), 'the command');
      const end = running.end();
      await until(
        () =>
          running.get('/').then(
            () => false,
            () => true,
          ),
        'the door to be closed',
      );
      assert.equal(running.code(), null);
      stand.write('go', '');
      assert.equal(await answer, '200 done\n');
      assert.equal(await end, 0);
    }));

  test('what comes in while the house is still opening waits, and is answered', () =>
    atStand(async stand => {
      stand.write('hooks.json', hooks('a'));
      const starting = stand.start('-socket', 'door', '-verbose');
      await until(() => existsSync(join(stand.directory, 'door')), 'the socket');
      assert.equal(await answerAt(`unix:${join(stand.directory, 'door')}`, '/'), '200 OK');
      await starting;
    }));

  test("starts with the command line of Debian's unit", () =>
    atStand(async stand => {
      const unit = '/lib/systemd/system/webhook.service';
      const text = existsSync(unit)
        ? readFileSync(unit, 'utf8')
        : 'ExecStart=/usr/bin/webhook -nopanic -hooks /etc/webhook.conf\n';
      const [, line = ''] = /^ExecStart=(.+)$/m.exec(text) ?? [];
      const [program, ...argv] = line.split(/\s+/);
      assert.equal(program, '/usr/bin/webhook');
      // The unit names no port: the usual one may be taken here.
      const running = await stand.start(...argv, ...loopback);
      assert.equal(await running.get('/'), '200 OK');
      assert.equal(await running.end(), 0);
      assert.equal(running.out() + running.err(), '');
    }));
});
