import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { startAgent } from './support/agent.ts';
import { readConfig } from './support/config.ts';
import { root } from './support/docs.ts';
import { startBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { startServer, until } from './support/server.ts';

/** The compose file and the units, as far as that goes without a container engine or systemd: what they start is started. */

const folder = join(root, 'contrib');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}
const compose: {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, null>>;
} = parse(read('compose.yaml'));

/** The options of a command, as its help tells them. */
const helpOf = (command: string) =>
  execFileSync(join(root, 'bin/signalbox'), [command, '--help'], { encoding: 'utf8' });

/** A command line as the program takes it: each of its options is one of that command's. */
function isKnown([command = '', ...args]: readonly string[]): void {
  const help = helpOf(command);
  for (const option of args.filter(arg => arg.startsWith('--')))
    assert.ok(help.includes(`${option} <`), option);
}

describe('the compose file', () => {
  const services = Object.entries(compose.services);

  test('has words that Compose knows, and what they name', () => {
    const known = [
      'image',
      'build',
      'restart',
      'command',
      'environment',
      'ports',
      'volumes',
      'depends_on',
      'healthcheck',
      'stop_grace_period',
    ];
    assert.deepEqual(
      services.map(([name]) => name),
      ['rabbitmq', 'server', 'agent'],
    );
    for (const [name, service] of services) {
      for (const key of Object.keys(service)) assert.ok(known.includes(key), `${name}: ${key}`);
      assert.ok((service.image === undefined) !== (service.build === undefined), name);
      if (service.build !== undefined) assert.ok(existsSync(join(folder, service.build, 'Dockerfile')));
      for (const other of Object.keys(service.depends_on ?? {})) assert.ok(other in compose.services, other);
      for (const volume of service.volumes) {
        const [from = ''] = volume.split(':');
        assert.ok(from.startsWith('./') ? existsSync(join(folder, from)) : from in compose.volumes, volume);
      }
    }
  });

  test('starts commands that the program has, with files that are mounted', () => {
    for (const [, { command, volumes }] of services) {
      if (command === undefined) continue;
      isKnown(command);
      const places = volumes.map(volume => volume.split(':')[1]);
      for (const path of command.filter(arg => arg.startsWith('/'))) assert.ok(places.includes(path), path);
    }
  });

  test('gives each configuration its variables, and opens the ports that it names', () => {
    for (const name of ['server', 'agent']) {
      const service = compose.services[name];
      const env = Object.fromEntries(
        Object.keys(service?.environment ?? {}).map(each => [each, 'a-password']),
      );
      const loaded = readConfig(read(`compose/${name}.yaml`), { env });
      assert.equal(loaded.result, 'loaded', JSON.stringify(loaded));
      if (loaded.result !== 'loaded') continue;
      const { config } = loaded;
      const inner = (service?.ports ?? []).map(port => Number(port.split(':').at(-1)));
      assert.deepEqual(inner, name === 'server' ? [config.public.port, config.admin.port] : []);
      assert.ok(config.transport.kind === 'rabbitmq');
      const [host] = config.transport.kind === 'rabbitmq' ? config.transport.address.hosts : [];
      assert.ok(host !== undefined && host.host in compose.services);
    }
    const environment = compose.services['rabbitmq']?.environment ?? {};
    assert.equal(environment['RABBITMQ_DEFAULT_USER'], 'control');
    assert.equal(environment['RABBITMQ_DEFAULT_VHOST'], 'signalbox');
  });

  test('works: its three parts as plain processes run a job', {
    timeout: 120_000,
    skip: withoutRabbitmq,
  }, async () => {
    const password = 'a-password';
    const everything = { configure: '.*', write: '.*', read: '.*' };
    await using broker = await startBroker({
      virtualHosts: ['signalbox'],
      users: [{ name: 'control', password, virtualHost: 'signalbox', ...everything }],
    });
    const here = (path: string) => read(path).replace('@rabbitmq:5672/', `@127.0.0.1:${broker.port}/`);
    const env = { RABBITMQ_PASSWORD: password };
    await using server = await startServer(here('compose/server.yaml'), env);
    const {
      transport,
      agent,
    }: { transport: string; agent: { name: string; pools: string[]; slots: number } } = parse(
      here('compose/agent.yaml'),
    );
    await using _agent = await startAgent({ ...agent, transport, env });
    const { runs } = await server.api<{ runs: string[] }>('/api/rules/hello/run', {
      method: 'POST',
      body: '{}',
    });
    const run = await until(async () => {
      const found = await server.api<{ outcome: string | null; agent: string }>(`/api/runs/${runs[0]}`);
      return found.outcome === null ? undefined : found;
    }, 'the run to end');
    assert.deepEqual([run.outcome, run.agent], ['success', agent.name]);
  });
});

describe('the systemd units', () => {
  const units = ['signalbox.service', 'signalbox-agent.service'];

  test('start commands that the program has, in a directory that is theirs', () => {
    for (const unit of units) {
      const text = read(`systemd/${unit}`);
      const [, line = ''] = /^ExecStart=\/usr\/bin\/env signalbox (.*)$/m.exec(text) ?? [];
      isKnown(line.split(' '));
      const [, state = ''] = /^StateDirectory=(.*)$/m.exec(text) ?? [];
      assert.match(line, new RegExp(`--data /var/lib/${state}$`));
      assert.match(text, new RegExp(`^WorkingDirectory=/var/lib/${state}$`, 'm'));
    }
  });

  const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;
  test('are what systemd takes for units', {
    skip: hasSystemd ? false : 'systemd-analyze is not here',
  }, () => {
    const paths = units.map(unit => join(folder, 'systemd', unit));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', ...paths], {
      encoding: 'utf8',
    });
    const said = `${stdout}${stderr}`.split('\n').filter(line => line.includes('signalbox'));
    assert.deepEqual(said, []);
    assert.equal(status, 0, `${stdout}${stderr}`);
  });
});
