import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { connect as connectTls, createServer as createTlsServer } from 'node:tls';
import { cipherSuites, readTls } from './go-tls.ts';
import { inheritedSocket, withoutInheritance } from './inherited-socket.ts';
import { holdPidFile } from './pid-file.ts';
import { openAt, type Place } from './place.ts';

const directory = mkdtempSync(join(tmpdir(), 'signalbox-listen-'));
after(() => rmSync(directory, { recursive: true }));

/** A server that says hello, at its place. */
async function openHello(place: Place): Promise<{ readonly reachable: string } & AsyncDisposable> {
  const server = createServer(socket => socket.on('error', () => {}).end('hello'));
  const reachable = await openAt(server, place);
  return {
    reachable,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

async function heard(way: string | { readonly port: number; readonly host: string }): Promise<string> {
  const socket = typeof way === 'string' ? connectTcp(way) : connectTcp(way);
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}

describe('a place', () => {
  test('may be a port of the system, on both families', async () => {
    for (const [host, shown] of [
      ['127.0.0.1', '127.0.0.1'],
      ['0.0.0.0', '127.0.0.1'],
      ['::1', '[::1]'],
    ] as const) {
      await using hello = await openHello({ kind: 'address', host, port: 0 });
      const [, name = '', port = ''] = /^(.*):(\d+)$/.exec(hello.reachable) ?? [];
      assert.equal(name, shown);
      assert.equal(
        await heard({ host: host === '0.0.0.0' ? '127.0.0.1' : host, port: Number(port) }),
        'hello',
      );
    }
  });

  test('that cannot be had is told in a sentence', async () => {
    await using hello = await openHello({ kind: 'address', host: '127.0.0.1', port: 0 });
    const port = Number(hello.reachable.split(':')[1]);
    const refused: readonly (readonly [Place, RegExp])[] = [
      [{ kind: 'address', host: '127.0.0.1', port }, /^port \d+ on 127\.0\.0\.1 is taken: /],
      [
        { kind: 'address', host: '203.0.113.9', port: 0 },
        /203\.0\.113\.9 is not an address of this machine$/,
      ],
      [{ kind: 'address', host: '127.0.0.1', port: 99_999 }, /^there is no port 99999: /],
      [
        { kind: 'socket', path: join(directory, 'no', 'such') },
        /^the socket .* cannot be made: its folder is missing/,
      ],
    ];
    for (const [place, message] of refused) await assert.rejects(openHello(place), { message });
  });

  test('may be a unix socket, whose file goes with it', async () => {
    const path = join(directory, 'unix');
    {
      await using _hello = await openHello({ kind: 'socket', path });
      assert.equal(await heard(path), 'hello');
      await assert.rejects(openHello({ kind: 'socket', path }), { message: /is taken/ });
    }
    assert.equal(existsSync(path), false);
  });

  test('may be a unix socket that a killed server left', async () => {
    const path = join(directory, 'left');
    const script = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', script]);
    assert.equal(existsSync(path), true);
    await using _hello = await openHello({ kind: 'socket', path });
    assert.equal(await heard(path), 'hello');
  });

  test('may be a socket that was opened before this process was', async () => {
    const script = `
      import { createServer } from 'node:net';
      import { inheritedSocket } from ${JSON.stringify(import.meta.resolve('./inherited-socket.ts'))};
      import { openAt } from ${JSON.stringify(import.meta.resolve('./place.ts'))};
      const fd = inheritedSocket({ ...process.env, LISTEN_PID: String(process.pid) }, process.pid);
      const server = createServer(socket => { socket.end('inherited'); server.close(); });
      console.log(await openAt(server, { kind: 'inherited', fd }));`;
    await using opened = await openListening();
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, LISTEN_FDS: '1' },
      stdio: ['ignore', 'pipe', 'inherit', opened.fd],
    });
    const ended = once(child, 'exit');
    const output: AsyncIterable<Buffer> = child.stdout ?? assert.fail();
    let line = '';
    for await (const piece of output) {
      line += piece.toString();
      if (line.endsWith('\n')) break;
    }
    assert.equal(line.trim(), `127.0.0.1:${opened.port}`);
    opened.server.close();
    assert.equal(await heard({ host: '127.0.0.1', port: opened.port }), 'inherited');
    await ended;
  });
});

async function openListening() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  const fd: unknown = Reflect.get(Object(Reflect.get(server, '_handle')), 'fd');
  assert.ok(typeof fd === 'number');
  return {
    server,
    port,
    fd,
    [Symbol.asyncDispose]: async () => {
      if (server.listening) server.close();
    },
  };
}

test('a socket is inherited only by the process it was meant for', () => {
  assert.equal(inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '1' }, 7), 3);
  assert.equal(inheritedSocket({ LISTEN_PID: '8', LISTEN_FDS: '1' }, 7), null);
  assert.equal(inheritedSocket({ LISTEN_PID: '7' }, 7), null);
  assert.equal(inheritedSocket({}, 7), null);
  assert.throws(
    () => inheritedSocket({ LISTEN_PID: '7', LISTEN_FDS: '2' }, 7),
    /^Error: 2 sockets were handed over/,
  );
  assert.deepEqual(withoutInheritance({ LISTEN_PID: '7', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x', A: 'b' }), {
    A: 'b',
  });
});

describe('a pid file', () => {
  const path = join(directory, 'run', 'deep', 'x.pid');
  test('is written for its owner alone, and removed', () => {
    {
      using _held = holdPidFile(path);
      assert.equal(readFileSync(path, 'utf8'), String(process.pid));
      assert.equal(statSync(path).mode & 0o777, 0o600);
    }
    assert.equal(existsSync(path), false);
  });

  test('of a living process is left alone', () => {
    writeFileSync(path, String(process.ppid));
    assert.throws(
      () => holdPidFile(path),
      /^Error: pid file found, ensure webhook is not running or delete /,
    );
    assert.equal(readFileSync(path, 'utf8'), String(process.ppid));
  });

  test('of a dead process, of nobody, or of ourselves before a restart of the container, is taken over', () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid;
    for (const left of [String(dead), '', 'x', String(process.pid)]) {
      writeFileSync(path, left);
      using _held = holdPidFile(path);
      assert.equal(readFileSync(path, 'utf8'), String(process.pid));
    }
  });

  test('that became another’s meanwhile stays', () => {
    {
      using _held = holdPidFile(path);
      writeFileSync(path, '1');
    }
    assert.equal(readFileSync(path, 'utf8'), '1');
  });
});

test('a process becomes another user without further groups', { skip: process.getuid?.() !== 0 }, () => {
  const script = `
    import { become } from ${JSON.stringify(import.meta.resolve('./identity.ts'))};
    become({ uid: 65534, gid: 65533 });
    console.log(process.getuid(), process.getgid(), process.getgroups().join());
    try { become({ uid: 0, gid: 0 }); } catch (error) { console.log(error.message.slice(0, 51)); }`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  assert.equal(stdout, '65534 65533 65533\nerror dropping privileges: user 0 and group 0: EPER\n');
});

/** For a certificate that nobody trusts. */
const openssl = 'openssl';

describe('TLS', () => {
  const [cert, key] = [join(directory, 'cert.pem'), join(directory, 'key.pem')];
  spawnSync(
    openssl,
    `req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout ${key} -out ${cert}`.split(' '),
  );

  async function negotiated(
    wanted: { readonly minVersion: string; readonly cipherSuites: readonly string[] },
    client: object,
  ) {
    const server = createTlsServer(readTls({ cert, key, ...wanted }), socket => socket.end());
    await openAt(server, { kind: 'address', host: '127.0.0.1', port: 0 });
    const address = server.address();
    const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const socket = connectTls({ host: '127.0.0.1', port, rejectUnauthorized: false, ...client });
    try {
      await once(socket, 'secureConnect');
      return `${socket.getProtocol()} ${socket.getCipher().standardName}`;
    } catch {
      return 'refused';
    } finally {
      socket.destroy();
      server.close();
      await once(server, 'close');
    }
  }

  test('starts at the wanted version', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
    const all = { cipherSuites: [] };
    assert.match(await negotiated({ ...all, minVersion: '1.2' }, {}), /^TLSv1\.3 /);
    assert.equal(await negotiated({ ...all, minVersion: '1.2' }, old), 'refused');
    assert.match(await negotiated({ ...all, minVersion: '1.0' }, old), /^TLSv1\.1 /);
    assert.equal(await negotiated({ ...all, minVersion: '1.3' }, { maxVersion: 'TLSv1.2' }), 'refused');
  });

  test('offers the wanted cipher suites below TLS 1.3', async () => {
    for (const suite of cipherSuites.filter(name => /^TLS_(?:ECDHE_)?RSA/.test(name)))
      assert.equal(
        await negotiated(
          { minVersion: '1.2', cipherSuites: [suite] },
          { maxVersion: 'TLSv1.2', ciphers: 'ALL' },
        ),
        `TLSv1.2 ${suite}`,
      );
    const only = { minVersion: '1.2', cipherSuites: ['TLS_RSA_WITH_AES_128_GCM_SHA256'] };
    assert.equal(await negotiated(only, { maxVersion: 'TLSv1.2', ciphers: 'AES256-GCM-SHA384' }), 'refused');
  });

  test('that cannot be set up is told in a sentence', () => {
    const wanted = { cert, key, minVersion: '1.2', cipherSuites: [] };
    assert.throws(() => readTls({ ...wanted, minVersion: '1.4' }), /unknown minimum TLS version: 1\.4/);
    assert.throws(() => readTls({ ...wanted, cipherSuites: ['foo'] }), /unknown TLS cipher suite: foo/);
    assert.throws(() => readTls({ ...wanted, cert: join(directory, 'none') }), /no such file.*none/);
  });

  test('lists the suites that the original lists', t => {
    const program = 'webhook';
    const { status, stdout } = spawnSync(program, ['-list-cipher-suites'], { encoding: 'utf8' });
    if (status !== 0) t.skip('webhook is not installed');
    else assert.equal(`${cipherSuites.join('\n')}\n`, stdout);
  });
});
