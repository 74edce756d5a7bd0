import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { edit } from '../src/cli/send/edit.ts';
import { readSample } from '../src/cli/send/sample.ts';
import { commands, docs, inCode, root } from './support/docs.ts';
import { createRepository, type TestRepository } from './support/git-repository.ts';
import { brokerRow, writeBrokerDatabase } from './support/radicle/broker-database.ts';
import { startServer, type TestServer, until } from './support/server.ts';

/** Every command that the documentation shows is run, in its order, against a real server. */

const secret = 'the secret of the docs';
const config = `
version: 1
data: ./data
sources: { github: { secret: "\${env:GITHUB_WEBHOOK_SECRET}" } }
git: { allowFile: true }
rules:
  - { name: unit-tests, on: push, branch: ["*", "!careful"], run: echo tested }
  - { name: careful, on: push, branch: careful, trust: approval, run: echo approved }
`;

/** What is not run here, and why that is no gap. */
const elsewhere: Readonly<Record<string, string>> = {
  'signalbox adapter': 'radicle-adapter.test.ts calls it as a broker does',
  'signalbox agent': 'needs RabbitMQ: agents.test.ts and agent-add.test.ts start it',
  'signalbox as lightspeed': 'needs RabbitMQ: as-lightspeed.test.ts starts all three',
  'RABBIT_HOST=rabbit signalbox as lightspeed': 'the same',
  'signalbox migrate': 'needs a database: migrate.test.ts moves one',
  'npm start': 'ready.test.ts goes from a fresh clone to a command, package.test.ts runs the demo to green',
  'signalbox dev': 'the same',
  'npm test': 'runs this',
  'npm run check': 'is the first part of npm test',
  'npm run format': 'its result is the first thing that the check looks at',
  'npm run build': 'is a part of npm pack in package.test.ts',
  'npm run docs': 'docs.test.ts compares what it writes',
  'docker build':
    'needs an engine: packaging.test.ts looks at the Dockerfile as far as that goes without one',
  'docker run': 'the same',
  'dagger up': 'the same for the module',
  'sh scripts/ready.sh node bench/run.ts': 'bench.test.ts takes each measurement, with a tiny load',
};

/** These end a wait for approval: there has to be one. */
const needsBlockedRun = /signalbox runs (?:cancel|approve) last$/;

function isElsewhere(command: string): boolean {
  return Object.keys(elsewhere).some(known => command === known || command.startsWith(`${known} `));
}

describe('every command in the docs runs', { timeout: 200_000 }, () => {
  let repository: TestRepository;
  let server: TestServer;
  before(async () => {
    repository = await createRepository();
    server = await startServer(config, { GITHUB_WEBHOOK_SECRET: secret });
    // As in a checkout, and as where the package is installed.
    symlinkSync(join(root, 'bin'), join(server.directory, 'bin'));
    mkdirSync(join(server.directory, 'path'));
    symlinkSync(join(root, 'bin/signalbox'), join(server.directory, 'path/signalbox'));
    // Files that the docs take for granted.
    const { body } = await readSample('github.push');
    writeFileSync(join(server.directory, 'payload.json'), JSON.stringify(edit(body, aimed())));
    writeFileSync(join(server.directory, 'hooks.json'), '[{ "id": "deploy", "execute-command": "true" }]');
    writeFileSync(join(server.directory, 'sample.json'), '{ "body": { "ref": "refs/heads/main" } }');
    writeFileSync(join(server.directory, 'broker.yaml'), 'db: broker.db\n');
    writeFileSync(join(server.directory, 'draft.yaml'), '- { name: draft, on: push, run: make }\n');
    writeBrokerDatabase(join(server.directory, 'broker.db'), [brokerRow('one')]);
    writeFileSync(
      join(server.directory, 'my-config.json'),
      '{ "name": "api", "exec": "true" } // a listener',
    );
    mkdirSync(join(server.directory, 'dist'));
  });
  after(async () => {
    await server?.[Symbol.asyncDispose]();
    await repository?.[Symbol.asyncDispose]();
  });

  const aimed = () => ({ repoUrl: repository.url, sha: repository.sha, branch: undefined, set: [] });

  /** Runs a line of shell where the server was started; returns how it ended. */
  async function shell(line: string) {
    const child = spawn('sh', ['-c', line], {
      cwd: server.directory,
      env: {
        PATH: `${join(server.directory, 'path')}:${process.env['PATH']}`,
        HOME: server.directory,
        GITHUB_WEBHOOK_SECRET: secret,
        // A spindle that nobody outside of this machine hears of.
        TACK_HOSTNAME: 'spindle.test',
        TACK_OWNER_DID: 'did:web:127.0.0.1%3A1',
        TACK_DEV: 'true',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      // Whatever goes wrong: no command outlives its test.
      timeout: 30_000,
    });
    const code = new Promise<number | null>(resolve => child.once('close', resolve));
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return { code: await code, output: `$ ${line}\n${stdout}${stderr}` };
  }

  async function succeeds(line: string): Promise<void> {
    const { code, output } = await shell(line);
    assert.equal(code, 0, output);
  }

  /** A sample goes to the server of this test, and its commit is one that can be fetched. */
  const aim = (line: string) =>
    line
      .replace(/(signalbox send github\.\w+)/, `$1 --repo-url ${repository.url} --sha ${repository.sha}`)
      .replace('https://ci.example.org', server.publicUrl);

  /** The service, on data of its own: it opens its doors, and ends well when it is told to. */
  async function serves(line: string): Promise<void> {
    const ready = join(server.directory, 'other.json');
    const child = shell(
      `exec ${line} --data other --host 127.0.0.1 --port 0 --admin-port 0 --ready-file ${ready}`,
    );
    const ended = child.then(({ output }) => assert.fail(output));
    const isOpen = until(() => existsSync(ready), `"${line}" to open its doors`);
    await Promise.race([ended, isOpen]);
    process.kill(JSON.parse(readFileSync(ready, 'utf8')).pid, 'SIGINT');
    rmSync(ready);
    const { code, output } = await child;
    assert.equal(code, 0, output);
  }

  let seen = 0;
  for (const page of docs)
    for (const line of commands(page)) {
      seen += 1;
      test(`${page.file}: ${line}`, async () => {
        const command = line.replace(/^bin\//, '');
        if (isElsewhere(command)) return;
        assert.match(command, /^(?:[A-Z_]+=\$\()?signalbox /, 'say here how it can be run, or where it is');
        if (/^signalbox (?:serve|as) ?/.test(command)) return serves(line);
        if (needsBlockedRun.test(command)) await succeeds(aim('signalbox send github.push --branch careful'));
        await succeeds(aim(line));
      });
    }
  test('and there are many', () => assert.ok(seen > 25, `looked at too little: ${seen}`));

  test('the runbook knows every file in the data directory', () => {
    const known = new Set(docs.filter(({ file }) => file === 'docs/runbook.md').flatMap(inCode));
    const found = readdirSync(join(server.directory, 'data'), { withFileTypes: true });
    assert.ok(found.length > 5, `looked at too little: ${found.length}`);
    for (const entry of found) {
      const name = entry.isDirectory() ? `${entry.name}/` : entry.name;
      assert.ok(known.has(name), name);
    }
  });

  test('the metrics that are named exist', async () => {
    const response = await fetch(`${server.adminUrl}/metrics`, {
      headers: { authorization: `Bearer ${server.token}` },
    });
    const metrics = await response.text();
    const named = docs.flatMap(page => inCode(page)).flatMap(code => code.match(/\bsignalbox_\w+/g) ?? []);
    assert.ok(named.length >= 3, `looked at too little: ${named.join()}`);
    for (const name of named) assert.match(metrics, new RegExp(`^${name}\\b`, 'm'), name);
  });
});
