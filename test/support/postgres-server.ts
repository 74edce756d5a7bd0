import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { until } from './server.ts';

/** A PostgreSQL of the test's own, on loopback. It asks the user `guarded`, where there is one, for a password, and nobody else. */
export interface PostgresServer extends AsyncDisposable {
  readonly port: number;
  /** Runs a statement in a database, as its owner. */
  ask(sql: string, database?: string): Promise<readonly Readonly<Record<string, unknown>>[]>;
  /** Makes an empty database and gives its address. */
  createDatabase(): Promise<string>;
  /** Ends the server as told, without mercy to what it does; `start` starts it again on the same data. */
  stop(signal: 'SIGINT' | 'SIGQUIT'): Promise<void>;
  start(): Promise<void>;
}

/** After a crash it reads its log first, on a machine that may be busy with other tests. */
const startMs = 60_000;

/** How it is started: quick, or so that a crash loses nothing. */
type Care = 'quick' | 'durable';

/** Where its programs are; undefined: this machine has none, and the tests say so. Where CI is set that is a failure. */
export function findPostgres(): string | undefined {
  const places = [
    process.env['SIGNALBOX_POSTGRES'] ?? '',
    ...globSync('/usr/lib/postgresql/*/bin').sort().toReversed(),
  ];
  const found = places.find(
    place => existsSync(join(place, 'postgres')) && existsSync(join(place, 'initdb')),
  );
  if (found === undefined && process.env['CI'])
    throw new Error('there is no PostgreSQL on this machine: sh scripts/test-tools.sh installs it');
  return found;
}

/** To be given to `test` and `describe`. */
export const needsPostgres: { readonly skip: string | false } = {
  skip: findPostgres() === undefined ? 'there is no PostgreSQL on this machine' : false,
};

export async function startPostgres(care: Care = 'quick'): Promise<PostgresServer> {
  const bin = findPostgres();
  if (bin === undefined) throw new Error('there is no PostgreSQL on this machine');
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-postgres-'));
  const data = join(directory, 'data');
  const user = ordinaryUser();
  if (user !== undefined) chownSync(directory, user.uid, user.gid);
  const initialized = spawnSync(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'signalbox', '-A', 'trust', '--no-sync', '--locale=C', '-E', 'UTF8'],
    { ...user, cwd: directory, encoding: 'utf8' },
  );
  if (initialized.status !== 0) throw new Error(`initdb failed: ${initialized.stderr}`);
  const rights = join(data, 'pg_hba.conf');
  writeFileSync(rights, `host all guarded all scram-sha-256\n${readFileSync(rights, 'utf8')}`);
  const port = await freePort();
  let child: ChildProcess | undefined;
  let databases = 0;

  const server: PostgresServer = {
    port,
    async ask(sql, database = 'postgres') {
      const client = new Client({ host: '127.0.0.1', port, user: 'signalbox', database });
      client.on('error', () => undefined);
      try {
        await client.connect();
        return (await client.query(sql)).rows;
      } finally {
        await client.end();
      }
    },
    async createDatabase() {
      databases += 1;
      await server.ask(`create database test_${databases}`);
      return `postgres://signalbox@127.0.0.1:${port}/test_${databases}`;
    },
    async start() {
      const settings = [
        'shared_buffers=32MB',
        'logging_collector=off',
        ...(care === 'quick' ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
      ].flatMap(setting => ['-c', setting]);
      const args = ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', directory, ...settings];
      // It ends with this process, however that ends: a shell that waits for the end of its input sees to it.
      child = spawn('/bin/sh', ['-c', guarded, join(bin, 'postgres'), ...args], {
        ...user,
        cwd: directory,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      await until(
        () => {
          if (child?.exitCode !== null) throw new Error('PostgreSQL did not start');
          return server.ask('select 1').then(
            () => true,
            () => false,
          );
        },
        'PostgreSQL to answer',
        startMs,
      );
    },
    async stop(signal) {
      if (child === undefined || child.exitCode !== null) return;
      const ended = once(child, 'exit');
      child.stdin?.end(`${signal.slice(3)}\n`);
      await ended;
    },
    async [Symbol.asyncDispose]() {
      await server.stop('SIGQUIT');
      rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await server.start();
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
  return server;
}

/** Runs a program; ends it by the signal that its input names, or, with all it has written, at the end of its input. */
const guarded = `
"$0" "$@" < /dev/null & server=$!
read -r signal || signal=
kill -"\${signal:-QUIT}" $server
wait $server
[ -n "$signal" ] || rm -rf "$PWD"
`;

/** The server refuses to run as root. */
function ordinaryUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (option: string): number =>
    Number(spawnSync('id', [option, 'postgres'], { encoding: 'utf8' }).stdout);
  const [uid, gid] = [id('-u'), id('-g')];
  return uid > 0 && gid > 0 ? { uid, gid } : { uid: 65_534, gid: 65_534 };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
