import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { deviations, ours } from '../../../sources/hooks/deviations.ts';
import { type Asked, readWebhookOptions, type WebhookOptions } from './options.ts';

/** Debian's package of that name; where it is missing there is nothing to compare with. */
const original = 'webhook';
const isInstalled = spawnSync(original, ['-version']).status === 0;

function serving(...argv: readonly string[]): WebhookOptions {
  const asked = readWebhookOptions(argv);
  assert.equal(asked.wish, 'serve');
  return asked.wish === 'serve' ? asked.options : assert.fail();
}

const defaults: WebhookOptions = {
  files: ['hooks.json'],
  template: false,
  hotReload: false,
  verbose: false,
  debug: false,
  startWithoutHooks: false,
  logFile: null,
  pidFile: null,
  place: { kind: 'address', host: '0.0.0.0', port: 9000 },
  identity: null,
  tls: null,
  urlPrefix: 'hooks',
  methods: [],
  headers: [],
  multipartMemoryBytes: 1_048_576,
  requestId: { fromHeader: false, limit: 0 },
  adminPort: undefined,
  data: undefined,
  behaviour: ours,
  longestBodyBytes: 25_000_000,
  runs: null,
  readyFile: undefined,
};

test('without flags everything is as in the original', () => {
  assert.deepEqual(serving(), defaults);
});

test('each flag counts, with one dash or two, joined or apart', () => {
  const argv =
    '-hooks a.json --hooks=b.yaml -template -hotreload=true --nopanic -logfile=l -pidfile p -ip [::1] --port=0x10 ' +
    '-secure -cert c -key=k -tls-min-version 1.3 -cipher-suites A,B -urlprefix= -http-methods post,,Put ' +
    '-header A=1=2 -header B= -max-multipart-mem 0_1_0 -x-request-id -x-request-id-limit 5 -setuid 5 -setgid 6 ' +
    '-admin-port none -data d -ready-file r -runs 9 -max-body 5MB -deviation ownEnvironment=on';
  assert.deepEqual(serving(...argv.split(' ')), {
    files: ['a.json', 'b.yaml'],
    template: true,
    hotReload: true,
    verbose: true,
    debug: false,
    startWithoutHooks: true,
    logFile: 'l',
    pidFile: 'p',
    place: { kind: 'address', host: '::1', port: 16 },
    identity: { uid: 5, gid: 6 },
    tls: { cert: 'c', key: 'k', minVersion: '1.3', cipherSuites: ['A', 'B'] },
    urlPrefix: '',
    methods: ['POST', 'PUT'],
    headers: [
      { name: 'A', value: '1=2' },
      { name: 'B', value: '' },
    ],
    multipartMemoryBytes: 8,
    requestId: { fromHeader: true, limit: 5 },
    behaviour: new Set([...ours, 'ownEnvironment']),
    longestBodyBytes: 5_000_000,
    runs: 9,
    adminPort: 'none',
    data: 'd',
    readyFile: 'r',
  });
  assert.deepEqual(serving('-socket', '/run/x', '-debug'), {
    ...defaults,
    place: { kind: 'socket', path: '/run/x' },
    debug: true,
    verbose: true,
  });
});

test('deviations are switched one after the other', () => {
  const behaviourOf = (...switches: readonly string[]) =>
    [...serving(...switches.flatMap(each => ['-deviation', each])).behaviour].toSorted();
  const fixed = deviations.filter(({ isSwitchable }) => !isSwitchable).map(({ name }) => name);
  assert.deepEqual(behaviourOf('all=off'), fixed.toSorted());
  assert.deepEqual(behaviourOf('all=off', 'inertOutput=on'), [...fixed, 'inertOutput'].toSorted());
  for (const wrong of ['inertOutput', 'safeReload=off', 'nothing=on', 'inertOutput=maybe'])
    assert.equal(readWebhookOptions(['-deviation', wrong]).wish, 'usage', wrong);
});

test('of a flag that is given twice the last counts; -host wins over -ip', () => {
  const place = { kind: 'address', host: '127.0.0.1', port: 2 };
  assert.deepEqual(serving('-port', '1', '-port', '2', '-host', '127.0.0.1', '-ip', '::').place, place);
});

test('the first word that is no flag ends them, as does --', () => {
  assert.deepEqual(serving('-verbose=false', 'word', '-nosuch'), defaults);
  assert.deepEqual(serving('--', '-nosuch'), defaults);
  assert.deepEqual(serving('-', '-nosuch'), defaults);
});

/** What the process would say, and end with. */
function ending(asked: Asked): { status: number | null; first: string } {
  switch (asked.wish) {
    case 'help':
      return { status: 0, first: asked.text.split('\n')[0]?.replace('signalbox as ', '') ?? '' };
    case 'usage':
      return { status: 2, first: asked.text.split('\n')[0] ?? '' };
    case 'refused':
      return { status: 1, first: asked.text };
    case 'version':
    case 'list cipher suites':
    case 'serve':
      return assert.fail(asked.wish);
  }
}

describe('what is wrong is told in the words of the original, with its exit code', () => {
  const wrong: readonly (readonly [line: string, status: number, first: string])[] = [
    ['-nosuch', 2, 'flag provided but not defined: -nosuch'],
    ['-port', 2, 'flag needs an argument: -port'],
    ['-port x', 2, 'invalid value "x" for flag -port: parse error'],
    ['-port=', 2, 'invalid value "" for flag -port: parse error'],
    ['-port 1__0', 2, 'invalid value "1__0" for flag -port: parse error'],
    ['-port 9.5', 2, 'invalid value "9.5" for flag -port: parse error'],
    [
      '-max-multipart-mem 99999999999999999999',
      2,
      'invalid value "99999999999999999999" for flag -max-multipart-mem: value out of range',
    ],
    ['-header foo', 2, 'invalid value "foo" for flag -header: header flag must be in name=value format'],
    ['-secure=maybe', 2, 'invalid boolean value "maybe" for -secure: parse error'],
    ['---port 9', 2, 'bad flag syntax: ---port'],
    ['-=3', 2, 'bad flag syntax: -=3'],
    ['-h', 0, 'Usage of webhook:'],
    ['-verbose --help', 0, 'Usage of webhook:'],
    ['-setuid 5', 1, 'error: setuid and setgid options must be used together'],
    ['-setgid 5', 1, 'error: setuid and setgid options must be used together'],
  ];
  for (const [line, status, first] of wrong)
    test(line, () => {
      const argv = line.split(' ');
      assert.deepEqual(ending(readWebhookOptions(argv)), { status, first });
      if (!isInstalled) return;
      const theirs = spawnSync(original, argv, { encoding: 'utf8', timeout: 10_000 });
      assert.equal(theirs.status, status);
      assert.equal(`${theirs.stdout}${theirs.stderr}`.split('\n')[0], first);
    });
});

test('what the original says of its flags is said here as well', { skip: !isInstalled }, () => {
  const help = readWebhookOptions(['-h']);
  assert.equal(help.wish, 'help');
  const theirs = spawnSync(original, ['-h'], { encoding: 'utf8' });
  for (const line of theirs.stderr.split('\n').slice(1))
    assert.ok(help.text.includes(`${line}\n`) || line === '', line);
});

test('a wrong port of the admin door is told', () => {
  for (const port of ['x', '65536', '-1', ''])
    assert.deepEqual(ending(readWebhookOptions([`-admin-port=${port}`])), {
      status: 2,
      first: `invalid value "${port}" for flag -admin-port: must be a number from 0 to 65535, or none`,
    });
});
