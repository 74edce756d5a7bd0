import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from 'rabbitmq-client';
import { until } from './server.ts';

/** Where Debian puts the programs themselves: those on PATH change to another user first. */
const programs = '/usr/lib/rabbitmq/bin';
/** A virtual machine of Erlang starts in two seconds where nothing else happens, and in twenty on a busy machine. */
const startsWithinMs = 60_000;
/** What asks a broker for something is an Erlang machine, too. */
const answersWithinMs = 60_000;

/** Somebody who may come in. */
export interface BrokerUser {
  readonly name: string;
  readonly password: string;
  readonly virtualHost: string;
  readonly configure: string;
  readonly write: string;
  readonly read: string;
  readonly topicWrite?: string;
}

/** A real RabbitMQ on a loopback port, of this test alone. */
export interface TestBroker extends AsyncDisposable {
  readonly port: number;
  /** Its name among nodes. */
  readonly node: string;
  /** Where it speaks TLS, when it was asked to. */
  readonly tlsPort: number;
  /** The address of a virtual host, as `admin` (who may do everything) or somebody else. */
  url(virtualHost: string, login?: string): string;
  /** A client of the test's own, gone with its block also where the test fails: one that stays would try to connect for ever. */
  connect(virtualHost: string, login?: string): Connection & Disposable;
  /**
   * Ends it at once, as a power cut does, when it has stored which queues it has: RabbitMQ 3.10 does that half a second
   * after it was last asked for one, and leaves those that it has not stored without a leader for ever.
   */
  kill(): Promise<void>;
  /** The same with no regard for that. */
  killAtOnce(): Promise<void>;
  /** Starts it again on what it had stored. */
  start(): Promise<void>;
  /** What `rabbitmqctl` has to know to speak to this broker. */
  readonly controlEnvironment: Readonly<Record<string, string>>;
  /** Runs `rabbitmqctl`. Slow: it starts an Erlang machine of its own. */
  control(...args: readonly string[]): Promise<string>;
  log(): string;
}

export const isRabbitmqInstalled: boolean = existsSync(join(programs, 'rabbitmq-server'));
/** For `skip`: with SIGNALBOX_REQUIRE_SERVERS set, what is missing is a failure and not a skip. */
export const withoutRabbitmq: string | false =
  isRabbitmqInstalled || process.env['SIGNALBOX_REQUIRE_SERVERS'] === '1'
    ? false
    : 'rabbitmq-server is not installed: scripts/test-tools.sh does that';

export interface BrokerOptions {
  readonly virtualHosts: readonly string[];
  readonly users?: readonly BrokerUser[];
  /** Files in PEM: it then has a second port, where TLS is spoken. */
  readonly tls?: { readonly authority: string; readonly certificate: string; readonly key: string };
}

/** Several nodes that are one broker. */
export interface TestCluster extends AsyncDisposable {
  readonly nodes: readonly TestBroker[];
  /** Names all of them. */
  url(virtualHost: string): string;
}

/** Starts nodes that know each other, with the virtual host `sb`; queues have a replica on each. */
export async function startCluster(size: number): Promise<TestCluster> {
  await using starting = new AsyncDisposableStack();
  const nodes: TestBroker[] = [];
  for (let n = 0; n < size; n++) {
    const joins = nodes[0];
    const node = starting.use(await startBroker({ virtualHosts: joins === undefined ? ['sb'] : [] }, joins));
    nodes.push(node);
    if (joins === undefined) continue;
    await node.control('stop_app');
    await node.control('join_cluster', joins.node);
    await node.control('start_app');
  }
  const open = starting.move();
  return {
    nodes,
    url: virtualHost => {
      const hosts = nodes.map(({ port }) => `127.0.0.1:${port}`).join(',');
      return `amqp://admin:admin@${hosts}/${virtualHost}`;
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

/** Starts it, with `admin` (password `admin`) in every virtual host. */
export async function startBroker(
  options: BrokerOptions,
  /** One to form a cluster with: they share the port by which nodes find each other, and the cookie. */
  joins?: TestBroker,
): Promise<TestBroker> {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-rabbitmq-'));
  const [port, tlsPort, distPort, ownEpmdPort] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const epmdPort = joins === undefined ? ownEpmdPort : Number(joins.controlEnvironment['ERL_EPMD_PORT']);
  const node = `sb${port}@localhost`;
  const at = (name: string) => join(directory, name);
  writeFileSync(at('definitions.json'), JSON.stringify(definitions(options)));
  writeFileSync(at('enabled_plugins'), '[].');
  writeFileSync(
    at('rabbitmq.conf'),
    `listeners.tcp.default = 127.0.0.1:${port}
log.console = false
log.file.level = warning
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
load_definitions = ${at('definitions.json')}
${options.tls === undefined ? '' : tlsLines(tlsPort, options.tls)}`,
  );
  const environment = {
    PATH: process.env['PATH'] ?? '',
    HOME: joins?.controlEnvironment['HOME'] ?? directory,
    LANG: 'C.UTF-8',
    RABBITMQ_CONF_ENV_FILE: '/dev/null',
    RABBITMQ_NODENAME: node,
    RABBITMQ_MNESIA_BASE: at('mnesia'),
    RABBITMQ_LOG_BASE: at('log'),
    RABBITMQ_PID_FILE: at('pid'),
    RABBITMQ_ENABLED_PLUGINS_FILE: at('enabled_plugins'),
    RABBITMQ_CONFIG_FILE: at('rabbitmq.conf'),
    RABBITMQ_DIST_PORT: String(distPort),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS:
      '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1 +sbwt none +sbwtdcpu none +sbwtdio none',
  };
  const epmd = joins === undefined ? startEpmd(epmdPort) : undefined;
  await until(() => canConnect(epmdPort), 'epmd to listen');
  let server: ChildProcess | undefined;

  const broker: TestBroker = {
    port,
    tlsPort,
    node,
    url: (virtualHost, login = 'admin:admin') =>
      `amqp://${login}@127.0.0.1:${port}/${encodeURIComponent(virtualHost)}`,
    connect: (virtualHost, login) => {
      const connection = new Connection(broker.url(virtualHost, login));
      // What it asks for is refused as well.
      connection.on('error', () => {});
      return Object.assign(connection, { [Symbol.dispose]: () => connection.unsafeDestroy() });
    },
    controlEnvironment: environment,
    start: async () => {
      rmSync(at('pid'), { force: true });
      const child = spawn(join(programs, 'rabbitmq-server'), [], {
        // Where it would leave its last words.
        cwd: directory,
        env: environment,
        stdio: 'ignore',
        detached: true,
      });
      server = child;
      guard(child, epmd, directory);
      await until(
        () => {
          if (child.exitCode !== null)
            throw new Error(`RabbitMQ ended with ${child.exitCode}:\n${broker.log()}`);
          return speaksAmqp(port);
        },
        'RabbitMQ to answer',
        startsWithinMs,
      );
    },
    kill: async () => {
      await broker.control('eval', 'lists:foreach(fun dets:sync/1, dets:all()).');
      await end(server, 'SIGKILL');
    },
    killAtOnce: () => end(server, 'SIGKILL'),
    control: async (...args) => {
      const child = spawn(join(programs, 'rabbitmqctl'), args, {
        // Where it would leave its last words.
        cwd: directory,
        env: environment,
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: answersWithinMs,
      });
      let output = '';
      child.stdout.on('data', (piece: Buffer) => (output += piece.toString()));
      child.stderr.on('data', (piece: Buffer) => (output += piece.toString()));
      const [code] = await once(child, 'close');
      if (code !== 0) throw new Error(`rabbitmqctl ${args.join(' ')} ended with ${code}: ${output}`);
      return output;
    },
    log: () => (existsSync(at(`log/${node}.log`)) ? readFileSync(at(`log/${node}.log`), 'utf8') : ''),
    [Symbol.asyncDispose]: async () => {
      await end(server, 'SIGKILL');
      if (epmd !== undefined && epmd.exitCode === null && epmd.signalCode === null) {
        const ended = once(epmd, 'exit');
        epmd.kill('SIGKILL');
        await ended;
      }
      rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await broker.start();
  } catch (error) {
    await broker[Symbol.asyncDispose]();
    throw error;
  }
  return broker;
}

const tlsLines = (
  port: number,
  { authority, certificate, key }: NonNullable<BrokerOptions['tls']>,
): string => `listeners.ssl.default = 127.0.0.1:${port}
ssl_options.cacertfile = ${authority}
ssl_options.certfile = ${certificate}
ssl_options.keyfile = ${key}
ssl_options.verify = verify_none
ssl_options.fail_if_no_peer_cert = false
`;

function startEpmd(port: number): ChildProcess {
  return spawn('epmd', ['-address', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
}

/** Ends the broker's process group, and then epmd, when this process is gone, however it went. */
function guard(server: ChildProcess, epmd: ChildProcess | undefined, directory: string): void {
  // A broker that is there starts epmd again: it goes first.
  const epmdToo = epmd?.pid === undefined ? '' : `kill -9 ${epmd.pid};`;
  const script = `cat; kill -9 -${server.pid}; sleep 1; ${epmdToo} rm -rf '${directory}'`;
  const watcher = spawn('/bin/sh', ['-c', script], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.unref();
  server.once('exit', () => watcher.kill('SIGKILL'));
}

async function end(server: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  process.kill(-server.pid, signal);
  await ended;
}

function definitions({ virtualHosts, users = [] }: BrokerOptions): object {
  const all = virtualHosts.map(virtualHost => ({
    name: 'admin',
    password: 'admin',
    virtualHost,
    configure: '.*',
    write: '.*',
    read: '.*',
  }));
  const everybody: readonly BrokerUser[] = [...all, ...users];
  const names = new Map(everybody.map(({ name, password }) => [name, password]));
  return {
    users: [...names].map(([name, password]) => ({
      name,
      password_hash: hash(password),
      hashing_algorithm: 'rabbit_password_hashing_sha256',
      tags: name === 'admin' ? 'administrator' : '',
      limits: {},
    })),
    vhosts: virtualHosts.map(name => ({ name })),
    permissions: everybody.map(({ name, virtualHost, configure, write, read }) => ({
      user: name,
      vhost: virtualHost,
      configure,
      write,
      read,
    })),
    topic_permissions: everybody.flatMap(({ name, virtualHost, topicWrite }) =>
      topicWrite === undefined
        ? []
        : [{ user: name, vhost: virtualHost, exchange: 'sb.up', write: topicWrite, read: '^$' }],
    ),
  };
}

function hash(password: string): string {
  const salt = randomBytes(4);
  return Buffer.concat([salt, createHash('sha256').update(salt).update(password).digest()]).toString(
    'base64',
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

/** It listens some time before it answers. */
function speaksAmqp(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, '127.0.0.1', () => socket.write('AMQP\0\0\u0009\u0001'));
    const done = (answered: boolean) => {
      socket.destroy();
      resolve(answered);
    };
    socket.setTimeout(2_000, () => done(false));
    socket
      .once('data', () => done(true))
      .once('error', () => done(false))
      .once('close', () => resolve(false));
  });
}
