import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { parse } from 'yaml';
import { startAgent } from './support/agent.ts';
import { runInProcess } from './support/cli.ts';
import { goodConfig } from './support/config.ts';
import { startBroker, type TestBroker, withoutRabbitmq } from './support/rabbitmq-server.ts';
import { startServer, until } from './support/server.ts';

describe('signalbox agent add', { timeout: 120_000 }, () => {
  let directory: string;
  before(() => {
    directory = mkdtempSync(join(tmpdir(), 'signalbox-add-'));
    writeFileSync(
      join(directory, 'signalbox.yaml'),
      'version: 1\ntransport: "amqp://control:hidden@rabbit.example.org:5673/ci%2Fone"\n',
    );
  });
  after(() => rmSync(directory, { recursive: true }));
  const add = (words: string, env: Readonly<Record<string, string>> = {}) =>
    runInProcess(['agent', 'add', ...words.split(' ')], { cwd: directory, env });

  test('prints the commands where RabbitMQ is elsewhere, and the configuration of the agent', async () => {
    const { code, stdout, stderr } = await add('box.1 --pools linux,gpu --slots 3');
    assert.equal(code, 0, stderr);
    const { agent, transport } = goodConfig(stdout);
    assert.deepEqual(agent, { name: 'box.1', pools: ['linux', 'gpu'], slots: 3 });
    assert.ok(transport.kind === 'rabbitmq');
    const { address } = transport;
    assert.deepEqual(
      [address.user, address.virtualHost, address.hosts],
      ['box.1', 'ci/one', [{ host: 'rabbit.example.org', port: 5673 }]],
    );
    assert.ok(stderr.includes(`rabbitmqctl add_user box.1 '${address.password}'`), stderr);
    assert.ok(
      stderr.includes(
        String.raw`set_permissions -p 'ci/one' box.1 '^agent\.box\.1$' '^sb\.up$' '^(sb\.jobs\.linux|sb\.jobs\.gpu|agent\.box\.1)$'`,
      ),
      stderr,
    );
    assert.ok(
      stderr.includes(String.raw`set_topic_permissions -p 'ci/one' box.1 sb.up '^(ask|here)\.box\.1$' '^$'`),
      stderr,
    );
    assert.ok(!`${stdout}${stderr}`.includes('hidden'));
  });

  for (const name of ['123', 'null', 'true', '1e5', '0x10'])
    test(`an agent or a pool that is called ${name} is called so in the file as well`, async () => {
      const { stdout } = await add(`${name} --pools ${name}`);
      assert.deepEqual(goodConfig(stdout).agent, { name, pools: [name], slots: 2 });
    });

  test('pools may have spaces between, and count once', async () => {
    const args = ['agent', 'add', 'box', '--pools', 'linux, gpu, linux'];
    const { stdout } = await runInProcess(args, { cwd: directory });
    assert.deepEqual(goodConfig(stdout).agent?.pools, ['linux', 'gpu']);
  });

  for (const pool of ['local', 'providers'])
    test(`makes no agent that would take runs of ${pool} from the servers`, async () => {
      const { code, stderr } = await add(`box --pools linux,${pool}`);
      assert.equal(code, 2);
      assert.match(stderr, new RegExp(`The runs of "${pool}" are taken by servers alone: name another pool`));
    });

  test('refuses what is no name, and a server without RabbitMQ', async () => {
    assert.equal((await add('Box! --pools linux')).code, 2);
    writeFileSync(join(directory, 'alone.yaml'), 'version: 1\n');
    const { code, stderr } = await add('box-1 --pools linux --config alone.yaml');
    assert.equal(code, 2);
    assert.match(stderr, /^signalbox: agents need RabbitMQ: write {2}transport: "amqp:/);
  });

  test("makes the user by RabbitMQ's management API", async () => {
    const calls: [string, string | undefined, unknown][] = [];
    let known = false;
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        calls.push([
          `${request.method} ${request.url}`,
          request.headers.authorization,
          body === '' ? null : JSON.parse(body),
        ]);
        response.writeHead(request.method === 'GET' ? (known ? 200 : 404) : 201).end();
      });
    }).listen(0, '127.0.0.1');
    await new Promise(resolve => server.once('listening', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const api = `--api http://admin:p%40ss@127.0.0.1:${port}`;
    const { code, stdout, stderr } = await add(`box-1 --pools linux --json ${api}`);
    assert.equal(code, 0, stderr);
    const { password, config }: { password: string; config: string } = JSON.parse(stdout);
    assert.equal(parse(config).agent.name, 'box-1');
    const login = `Basic ${Buffer.from('admin:p@ss').toString('base64')}`;
    assert.deepEqual(calls, [
      ['GET /api/users/box-1', login, null],
      ['PUT /api/users/box-1', login, { password, tags: '' }],
      [
        'PUT /api/permissions/ci%2Fone/box-1',
        login,
        { configure: '^agent\\.box-1$', write: '^sb\\.up$', read: '^(sb\\.jobs\\.linux|agent\\.box-1)$' },
      ],
      [
        'PUT /api/topic-permissions/ci%2Fone/box-1',
        login,
        { exchange: 'sb.up', write: '^(ask|here)\\.box-1$', read: '^$' },
      ],
    ]);
    known = true;
    assert.match((await add(`box-1 --pools linux ${api}`)).stderr, /RabbitMQ has a user box-1 already/);
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
    assert.match((await add(`box-1 --pools linux ${api}`)).stderr, /does not answer/);
  });

  describe('with the rabbitmqctl of this machine', { skip: withoutRabbitmq }, () => {
    let broker: TestBroker;
    before(async () => {
      broker = await startBroker({ virtualHosts: ['sb'] });
    });
    after(() => broker?.[Symbol.asyncDispose]());

    test('makes a user with whom an agent works', async () => {
      await using server = await startServer(
        `version: 1\ndata: ./data\ntransport: "${broker.url('sb')}"\nrules: [{ name: job, on: manual, pool: linux, run: 'true' }]\n`,
      );
      // Debian's own changes to another user first.
      const program = join(directory, 'rabbitmqctl');
      writeFileSync(program, '#!/bin/sh\nexec /usr/lib/rabbitmq/bin/rabbitmqctl "$@"\n');
      chmodSync(program, 0o755);
      const env = { ...broker.controlEnvironment, PATH: `${directory}:${process.env['PATH']}` };
      const words = `box-1 --pools linux --config ${server.directory}/signalbox.yaml`;
      const path = process.env['PATH'];
      process.env['PATH'] = env.PATH;
      try {
        const { code, stdout, stderr } = await add(words, env);
        assert.equal(code, 0, stderr);
        const { transport, agent } = parse(stdout);
        await using _agent = await startAgent({ ...agent, transport });
        // The agent waits for its broker alone; the server hears of it a heartbeat later.
        await until(async () => {
          const { items } = await server.api<{ items: { name: string }[] }>('/api/agents');
          return items.some(({ name }) => name === 'box-1');
        }, 'the server to know of box-1');
        assert.match(
          (await add(words, env)).stderr,
          /RabbitMQ has a user of this name: .* delete_user box-1/,
        );
      } finally {
        process.env['PATH'] = path;
      }
      assert.ok(!readFileSync(`${server.directory}/signalbox.yaml`, 'utf8').includes('box-1'));
    });
  });
});
