import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as fc from 'fast-check';
import { type ErrorCode, SignalboxError } from '../../domain/errors.ts';
import { openRemote, type RemotePolicy } from './remote.ts';

const never = new AbortController().signal;
const hosts: Readonly<Record<string, readonly string[]>> = {
  'github.com': ['140.82.121.3', '2606:50c0:8000::154'],
  'intranet.example': ['10.0.0.5'],
  'both.example': ['140.82.121.3', '127.0.0.1'],
  'metadata.example': ['::ffff:169.254.169.254'],
  'none.example': [],
};
const strict: RemotePolicy = {
  allowFile: false,
  allowPrivateHosts: false,
  radicleHome: null,
  tokenFor: () => null,
  lookup: async host => {
    const addresses = hosts[host];
    if (addresses === undefined) throw new Error(`ENOTFOUND ${host}`);
    return addresses;
  },
};
const lax: RemotePolicy = { ...strict, allowFile: true, allowPrivateHosts: true };

const open = (url: string, policy = strict) => openRemote(policy, url, never);
const refused = (url: string, code: ErrorCode, message: RegExp, policy = strict) =>
  assert.rejects(open(url, policy), { name: 'SignalboxError', code, message }, url);

describe('clone URLs', () => {
  test('on the public internet are open, tied to the addresses that were checked', async () => {
    assert.deepEqual(await open('https://github.com/acme/app.git'), {
      url: 'https://github.com/acme/app.git',
      scheme: 'https',
      credentials: null,
      pin: { host: 'github.com', port: '443', addresses: ['140.82.121.3', '2606:50c0:8000::154'] },
      uploadPack: null,
    });
    const ssh = await open('ssh://git@github.com:2222/acme/app.git');
    assert.deepEqual([ssh.url, ssh.pin?.port], ['ssh://git@github.com:2222/acme/app.git', '2222']);
  });

  test('A52: other ways to clone are refused, and not quoted', async () => {
    for (const url of [
      'ext::sh -c touch% owned',
      'fd::17/foo',
      'ftp://github.com/x',
      'git://github.com/x',
      'javascript:alert(1)',
    ])
      await refused(url, 'forbidden', /is not a way to clone that is allowed; use https or ssh$/);
    for (const url of [
      '-oProxyCommand=touch owned',
      '--upload-pack=x',
      'git@github.com:acme/app.git',
      '/etc',
      '',
      'https://',
    ])
      await refused(url, 'invalid', /cannot be read; write it as https:\/\/host\/path/);
  });

  test('A52: hosts that are options, or no hosts, are refused', async () => {
    for (const host of ['-x', '-oProxyCommand=x', 'a;b', '$(id)', 'a%20b', "a'b"])
      for (const scheme of ['ssh', 'https']) {
        const error = await open(`${scheme}://${host}/x`).catch((error: unknown) => error);
        assert.ok(error instanceof SignalboxError && ['invalid', 'unavailable'].includes(error.code), host);
      }
    await refused('ssh://-x/', 'invalid', /no usable host name/);
    await refused('ssh://-oProxyCommand=x@github.com/', 'invalid', /odd user name/);
  });

  test('A52: files are for who allows them', async () => {
    await refused('file:///etc', 'forbidden', /set git\.allowFile/);
    await refused('file://elsewhere/etc', 'forbidden', /git\.allowFile/, lax);
    assert.equal((await open('file:///srv/x.git', lax)).pin, null);
  });

  test('A52: this machine, private networks and metadata services are for who allows them, however they are written', async () => {
    for (const url of [
      'https://127.0.0.1/x',
      'https://2130706433/x',
      'https://0x7f.1/x',
      'https://0177.0.0.1/x',
      'https://127.1/x',
      'https://[::1]/x',
      'https://[::ffff:10.0.0.1]/x',
      'https://169.254.169.254/latest/meta-data',
      'https://0.0.0.0/x',
      'https://intranet.example/x',
      'https://both.example/x',
      'https://metadata.example/x',
      'ssh://git@10.0.0.5/x',
      'ssh://git@intranet.example/x',
      'ssh://git@[::1]/x',
    ]) {
      await refused(url, 'forbidden', /not on the public internet .*set git\.allowPrivateHosts/);
      await open(url, lax);
    }
  });

  test('A52: without encryption only in one’s own network', async () => {
    await refused('http://169.254.169.254/', 'forbidden', /not encrypted.*git\.allowPrivateHosts/);
    await refused('http://github.com/x', 'forbidden', /not encrypted.*git\.allowPrivateHosts/);
    assert.equal((await open('http://intranet.example:8080/x', lax)).pin?.port, '8080');
  });

  test('A93: a host is looked up once, so that it cannot be another one later', async () => {
    let lookups = 0;
    const lookup = async () => (lookups++ === 0 ? ['140.82.121.3'] : ['127.0.0.1']);
    const { pin } = await open('https://rebinding.example/x', { ...strict, lookup });
    assert.deepEqual([lookups, pin?.addresses], [1, ['140.82.121.3']]);
  });

  test('hosts that are not found may be found later', async () => {
    await refused('https://nowhere.example/x', 'unavailable', /nowhere\.example\/x was not found/);
    await refused('https://none.example/x', 'unavailable', /has no address/);
  });

  test('a lookup that takes too long can be stopped', async () => {
    const stop = new AbortController();
    const opening = openRemote(
      { ...strict, lookup: () => new Promise(() => undefined) },
      'https://slow.example/x',
      stop.signal,
    );
    stop.abort(new Error('enough'));
    await assert.rejects(opening, /enough/);
  });

  test('anything after the path is refused', async () => {
    for (const url of ['https://github.com/x?token=s3cret', 'https://github.com/x#s3cret'])
      await refused(url, 'invalid', /^(?!.*s3cret)/);
    await refused('https://github.com/x%0ay', 'invalid', /control characters/);
    await refused('https://github.com/x%00y', 'invalid', /control characters/);
  });
});

describe('credentials', () => {
  const secret = 's3cr%2Ft';

  test('A52: in a URL are taken out of it, and kept for whom they are for', async () => {
    const remote = await open(`https://user:${secret}@github.com/acme/app.git`);
    assert.equal(remote.url, 'https://github.com/acme/app.git');
    assert.deepEqual(remote.credentials, { username: 'user', password: 's3cr/t' });
    assert.deepEqual((await open('https://ghp_token@github.com/x')).credentials, {
      username: 'ghp_token',
      password: '',
    });
    const ssh = await open(`ssh://git:${secret}@github.com/x`);
    assert.equal(ssh.url, 'ssh://git@github.com/x');
  });

  test('a token is asked for by the clean URL, and goes before the URL’s own', async () => {
    const asked: string[] = [];
    const tokenFor = (url: string) => {
      asked.push(url);
      return 'token';
    };
    const { credentials } = await open(`https://user:${secret}@github.com/x`, { ...strict, tokenFor });
    assert.deepEqual(
      [asked, credentials],
      [['https://github.com/x'], { username: 'user', password: 'token' }],
    );
    const other = await open('https://github.com/x', { ...strict, tokenFor });
    assert.deepEqual(other.credentials, { username: 'x-access-token', password: 'token' });
  });

  test('never stand in an error or in what is shown, whatever the URL', async () => {
    const part = fc.string({ minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('https', 'http', 'ssh', 'file', 'ext', 'git'),
        fc.constantFrom('github.com', '127.0.0.1', '-x', 'nowhere.example', '[::1]', ''),
        part,
        async (scheme, host, path) => {
          const url = `${scheme}://user:hunter22@${host}/${path}`;
          const shown = await open(url).then(
            remote => remote.url,
            (error: unknown) =>
              error instanceof SignalboxError ? error.message : assert.fail(String(error)),
          );
          assert.ok(!shown.includes('hunter22'), shown);
        },
      ),
    );
  });

  test('any text is opened or refused with one of our errors', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.string(), fc.webUrl({ validSchemes: ['https', 'ssh', 'http'] })),
        async url => {
          await open(url).catch((error: unknown) =>
            assert.ok(error instanceof SignalboxError, String(error)),
          );
        },
      ),
    );
  });
});
