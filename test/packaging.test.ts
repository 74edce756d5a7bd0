import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';

/** The image and the Dagger module, as far as that goes without an engine: nothing is built or run by one here. */

const root = join(import.meta.dirname, '..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the Dockerfile', () => {
  const lines = read('Dockerfile')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
  const instructions = lines.map(line => {
    const [, name = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(line) ?? [];
    return { name, rest };
  });
  const all = (name: string) => instructions.filter(each => each.name === name).map(({ rest }) => rest);

  test('consists of instructions that there are', () => {
    const known = [
      'FROM',
      'WORKDIR',
      'COPY',
      'RUN',
      'USER',
      'VOLUME',
      'EXPOSE',
      'HEALTHCHECK',
      'ENTRYPOINT',
      'CMD',
    ];
    for (const { name, rest } of instructions)
      assert.ok(known.includes(name) && rest !== '', `${name} ${rest}`);
    assert.equal(instructions[0]?.name, 'FROM');
  });

  test('stands on the Node.js that the program asks for', () => {
    const { engines } = JSON.parse(read('package.json'));
    assert.deepEqual(new Set(all('FROM').map(from => from.split(' ')[0])), new Set(['node:24-slim']));
    assert.equal(engines.node, '>=24');
  });

  test('copies what is there, from stages that there are', () => {
    const stages = all('FROM').flatMap(from => / AS (\S+)$/.exec(from)?.[1] ?? []);
    const copies = all('COPY');
    assert.equal(copies.length, 2);
    for (const copy of copies) {
      const [, stage, source = ''] = /^(?:--from=(\S+) )?(\S+) \S+$/.exec(copy) ?? [];
      if (stage === undefined) assert.ok(existsSync(join(root, source)), copy);
      else assert.ok(stages.includes(stage) && all('RUN').some(run => run.includes(source)), copy);
    }
  });

  test('keeps from the image what is only for making it, and nothing that packing needs', () => {
    const ignored = read('.dockerignore').split('\n').filter(Boolean);
    for (const path of ignored) assert.ok(!/^(?:src|web|bin|scripts|package)/.test(path), path);
    for (const path of ['.git', '**/node_modules', 'dist']) assert.ok(ignored.includes(path), path);
  });

  test('ends as an ordinary user, whose state is a volume of its own', () => {
    assert.equal(all('USER').at(-1), 'node');
    assert.ok(
      instructions.findLastIndex(({ name }) => name === 'USER') >
        instructions.findLastIndex(({ name }) => name === 'RUN'),
    );
    assert.deepEqual(all('VOLUME'), ['/data']);
    assert.match(all('RUN').join(), /--owner=node --group=node \/data/);
  });

  test('starts a command that the program knows, on the port that it exposes', () => {
    const [entry, command] = [all('ENTRYPOINT'), all('CMD')].map(
      ([text = '']) => JSON.parse(text) as string[],
    );
    assert.equal(entry?.at(-1), Object.keys(JSON.parse(read('package.json')).bin)[0]);
    assert.deepEqual(command, ['serve', '--data', '/data']);
    const help = execFileSync(join(root, 'bin/signalbox'), ['serve', '--help'], { encoding: 'utf8' });
    assert.match(help, /--data </);
    assert.deepEqual(all('EXPOSE'), ['8080']);
  });

  test('asks after health in a way that tells', async () => {
    const [, json = ''] = /CMD (\[.*\])$/.exec(all('HEALTHCHECK')[0] ?? '') ?? [];
    const [, ...args] = JSON.parse(json) as string[];
    let status = 200;
    const seen = new Set<string | undefined>();
    const server = createServer((request, response) => {
      seen.add(request.url);
      response.writeHead(status).end();
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const port = String((server.address() as AddressInfo).port);
    const check = async () => {
      const child = spawn(
        process.execPath,
        args.map(arg => arg.replace('8080', port)),
        { timeout: 10_000 },
      );
      return (await once(child, 'close'))[0];
    };
    assert.equal(await check(), 0);
    status = 503;
    assert.equal(await check(), 1);
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
    assert.equal(await check(), 1);
    assert.deepEqual([...seen], ['/healthz']);
  });
});

/** As much of Dagger's SDK as the module uses; it writes down what it is asked. */
const sdk = {
  'index.d.ts': `
export declare class Service { private s: string }
export declare class File { private f: string }
export declare class CacheVolume { private c: string }
export declare class Directory { dockerBuild(): Container }
export declare class Container {
  withMountedCache(path: string, cache: CacheVolume, options?: { owner?: string }): Container;
  withExposedPort(port: number): Container;
  withFile(path: string, source: File, options?: { permissions?: number }): Container;
  asService(options?: { args?: string[]; useEntrypoint?: boolean; experimentalPrivilegedNesting?: boolean }): Service;
}
export declare const dag: { cacheVolume(key: string): CacheVolume };
export declare function object(): (target: Function) => void;
export declare function func(): (target: object, key: string, descriptor: PropertyDescriptor) => void;
export declare function argument(options: { defaultPath?: string; ignore?: string[] }): (target: object, key: string | undefined, index: number) => void;
`,
  'index.js': `
const nothing = () => () => {};
export const [object, func, argument] = [nothing, nothing, nothing];
export const dag = { cacheVolume: key => key };
`,
  'package.json':
    '{ "name": "@dagger.io/dagger", "type": "module", "exports": { "types": "./index.d.ts", "default": "./index.js" } }',
};

interface Module {
  readonly Signalbox: new () => {
    serve(source: object, hooks?: string, async?: boolean, cli?: string): unknown;
  };
}

describe('the Dagger module', () => {
  test('is what Dagger takes for one, and no part of the published package', () => {
    const { name, sdk } = JSON.parse(read('packaging/dagger/dagger.json'));
    assert.deepEqual([name, sdk], ['signalbox', { source: 'typescript' }]);
    const { files } = JSON.parse(read('package.json'));
    for (const path of ['packaging', 'Dockerfile']) assert.ok(!files.includes(path));
  });

  test('compiles, and serves the image on port 8080', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'signalbox-packaging-'));
    try {
      cpSync(join(root, 'packaging/dagger'), directory, { recursive: true });
      const place = join(directory, 'node_modules/@dagger.io/dagger');
      mkdirSync(place, { recursive: true });
      for (const [name, text] of Object.entries(sdk)) writeFileSync(join(place, name), text);
      const { status, stdout } = spawnSync(
        'tsc',
        ['--project', directory, '--rootDir', join(directory, 'src'), '--outDir', join(directory, 'out')],
        {
          encoding: 'utf8',
        },
      );
      assert.equal(status, 0, stdout);
      const { Signalbox } = (await import(pathToFileURL(join(directory, 'out/index.js')).href)) as Module;

      const calls: unknown[][] = [];
      const container: object = new Proxy(
        {},
        {
          get:
            (_, name) =>
            (...args: unknown[]) => (calls.push([name, ...args]), container),
        },
      );
      const source = { dockerBuild: () => container };
      const served = (...args: [string?, boolean?, string?]) => {
        calls.length = 0;
        new Signalbox().serve(source, ...args);
        return calls;
      };
      const start = [
        ['withMountedCache', '/data', 'signalbox-data', { owner: 'node' }],
        ['withExposedPort', 8080],
      ];
      const service = (...flags: readonly string[]) => [
        'asService',
        {
          args: ['serve', '--data', '/data', '--port', '8080', ...flags],
          useEntrypoint: true,
          experimentalPrivilegedNesting: true,
        },
      ];
      assert.deepEqual(served(), [...start, service()]);
      assert.deepEqual(served('HOOKS', true, 'CLI'), [
        ...start,
        ['withFile', '/etc/signalbox/hooks.json', 'HOOKS'],
        ['withFile', '/usr/local/bin/dagger', 'CLI', { permissions: 0o755 }],
        service('--hooks', '/etc/signalbox/hooks.json', '--async'),
      ]);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
