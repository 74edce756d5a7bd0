import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { stringify } from 'yaml';
import { SignalboxError } from '../../domain/errors.ts';
import type { AmqpAddress } from '../../lib/amqp-url.ts';
import { exchanges, rightsOf } from '../../transport/rabbitmq/names.ts';
import type { AddOptions } from '../agent.ts';
import { type CliIo, print, printJson, say } from '../io.ts';
import { addByApi } from './by-api.ts';
import { addByProgram, isProgramThere } from './by-program.ts';

/** A user of RabbitMQ and what it may do. */
export interface NewUser {
  readonly name: string;
  readonly password: string;
  readonly virtualHost: string;
  /** Patterns. */
  readonly rights: ReturnType<typeof rightsOf>;
  /** The exchange that `rights.topicWrite` is about. */
  readonly topicExchange: string;
}

/** Makes the user in the way that there is, and prints the agent's configuration: data to stdout, talk to stderr. */
export async function addAgent(io: CliIo, name: string, options: AddOptions): Promise<void> {
  const { readConfig } = await import('../config-file.ts');
  const { noOverrides } = await import('../../config/assemble.ts');
  const { transport } = readConfig(io, options.config, noOverrides);
  if (transport.kind === 'embedded')
    throw new SignalboxError(
      'invalid',
      'agents need RabbitMQ: write  transport: "amqp://…"  into the configuration of the server',
    );
  const { address } = transport;
  const user: NewUser = {
    name,
    password: randomBytes(24).toString('base64url'),
    virtualHost: address.virtualHost,
    rights: rightsOf(name, options.pools),
    topicExchange: exchanges.up,
  };
  const path = io.env['PATH'] ?? '';
  if (options.print) tellCommands(io, user, 'RabbitMQ needs these commands:');
  else if (options.api !== undefined) await addByApi(options.api, user);
  else if (isHere(address) && isProgramThere(path)) await addByProgram(user, io.env);
  else tellCommands(io, user, 'there is no rabbitmqctl here, and no --api: run these where RabbitMQ is:');
  const file = agentFile(user, address, options);
  if (options.json) {
    const { pools, slots } = options;
    return printJson(io, { name, pools, slots, password: user.password, config: `${file.join('\n')}\n` });
  }
  print(io, file);
  say(io, `agent ${name}: this is its configuration; keep it, the password is stored nowhere else`);
}

/** A program on this machine speaks to the broker of this machine. */
const isHere = ({ hosts }: AmqpAddress): boolean =>
  hosts.some(({ host }) => ['localhost', '127.0.0.1', '::1', hostname()].includes(host));

function agentFile(
  { name, password }: NewUser,
  { tls, hosts, virtualHost }: AmqpAddress,
  { pools, slots }: AddOptions,
): readonly string[] {
  const nodes = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const url = `${tls ? 'amqps' : 'amqp'}://${name}:${password}@${nodes}/${encodeURIComponent(virtualHost)}`;
  return [
    'version: 1',
    'data: ./agent',
    `transport: ${JSON.stringify(url)}`,
    `agent: { name: ${quoted(name)}, pools: [${pools.map(quoted).join(', ')}], slots: ${slots} }`,
  ];
}

/** YAML takes some names for something else: 123, null. */
const quoted = (name: string): string => stringify(name).trimEnd();

function tellCommands(
  io: CliIo,
  { name, password, virtualHost, rights, topicExchange }: NewUser,
  why: string,
): void {
  const inShell = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const { configure, write, read, topicWrite } = rights;
  say(
    io,
    [
      why,
      `  rabbitmqctl add_user ${name} ${inShell(password)}`,
      `  rabbitmqctl set_permissions -p ${inShell(virtualHost)} ${name} ${[configure, write, read].map(inShell).join(' ')}`,
      `  rabbitmqctl set_topic_permissions -p ${inShell(virtualHost)} ${name} ${topicExchange} ${inShell(topicWrite)} '^$'`,
    ].join('\n'),
  );
}
