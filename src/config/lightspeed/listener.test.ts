import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { goodConfig, printed } from '../../../test/support/config.ts';
import { pushEvent } from '../../../test/support/events.ts';
import { holds } from '../../domain/explanation.ts';
import { createMatchers } from '../../matchers/matchers.ts';
import { compileListener } from './compile-listener.ts';
import { type Listener, readListener } from './listener.ts';
import { listenerConfig } from './listener-config.ts';

const matchers = createMatchers();

function listenerOf(text: string): Listener {
  const read = readListener(text);
  assert.equal(read.result, 'read', read.result === 'refused' ? read.message : '');
  return read.listener;
}

describe('the file of a listener', () => {
  test('is read as its README shows it, with comments', () => {
    const listener = listenerOf(`{
  "name": "my-repo-with-name", //name substring matches repositories
  "exec": ["python tester.py"], //the commands to run on match
  "cwd": "/some/path", /* will run execs in this directory */
  "discord_hook": "https://discordapp.com/api/webhooks/someid/more-id", //discord support is experimental
  "discord_notify": "@here",
}`);
    assert.deepEqual(listener, {
      name: 'my-repo-with-name',
      exec: ['python tester.py'],
      cwd: '/some/path',
      branches: [],
      files: [],
      lockFile: null,
      discord: { url: 'https://discordapp.com/api/webhooks/someid/more-id', mention: '@here' },
      githubToken: null,
      unknown: [],
    });
  });

  test('that is none says what is wrong, and where', () => {
    const table = [
      ['{ "name": }', /^1:11 is no JSON: a value is missing here$/],
      ['{}', /name: is missing: write a text; exec: is missing: write one text/],
      ['{\n  "name": "a/b", "exec":"x"}', /^2:11 is no listener: name: a name is up to 64/],
      ['{"name":"a","exec":[]}', /exec: /],
      [JSON.stringify({ name: 'a', exec: Array(101).fill('x') }), /exec: there are more than 100$/],
      ['{"name":"a","exec":"x","branch_filter":"main"}', /branch_filter: write a list of texts$/],
      ['{"name":"a","exec":"x","github_status_token":"a\\r\\nb"}', /github_status_token: .* no token has/],
      ['[]', /is no listener: write an object/],
      ['', /^1:1 is no JSON: it is empty$/],
      ["{'name':'x'}", /^1:2 is no JSON: a text stands in "double quotes"$/],
      ['{"name":"x"', /^1:12 is no JSON: a "}" is missing here$/],
      [
        '{"name":"x","exec":"C:\\dir"}',
        /^1:\d+ is no JSON: no such character stands behind a "\\": write "\\\\" for/,
      ],
    ] as const;
    for (const [text, expected] of table) {
      const read = readListener(text);
      assert.equal(read.result, 'refused', text);
      const said = read.result === 'refused' ? `${read.line}:${read.column} ${read.message}` : '';
      assert.match(said, expected);
    }
  });

  test('that is too much for a rule is refused by its own keys', () => {
    for (const [key, value, said] of [
      ['branch_filter', Array(101).fill('main'), 'there are more than 100'],
      ['files_filter', Array(1_000).fill('src/'), 'is longer than 4096 characters'],
      ['cwd', '/a\0b', 'write a path that begins with /'],
      ['lock_file', '/'.padEnd(300, 'l'), 'is longer than 256 characters'],
    ] as const) {
      const text = JSON.stringify({ name: 'api', exec: 'x', [key]: value });
      const compiled = compileListener(text, 'api.json', { env: {}, directory: '/srv' });
      assert.deepEqual(compiled, { message: `api.json: ${key}: ${said}` });
    }
  });

  test('is never more than refused', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => void readListener(text)));
  });
});

/** Whether the imported rule answers to a push. */
function answers(listener: object, event: Partial<ReturnType<typeof pushEvent>>, repo = 'acme/api') {
  const { config } = listenerConfig(listenerOf(JSON.stringify({ name: 'api', exec: 'x', ...listener })), {
    env: {},
    directory: '/srv',
  });
  const env = {
    GITHUB_WEBHOOK_SECRET: 'a secret',
    GITHUB_TOKEN: 'a token',
    DISCORD_WEBHOOK: 'https://d.test/1',
  };
  const [rule] = goodConfig(JSON.stringify(config), { env }).rules;
  assert.ok(rule);
  const known = pushEvent().repo;
  assert.ok(known);
  return holds(matchers, rule.when, { ...pushEvent(), repo: { ...known, name: repo }, ...event }).holds;
}

describe('a listener as a rule', () => {
  test('answers for repositories by the words of its name', () => {
    for (const [name, repo, expected] of [
      ['my-repo-with-name', 'acme/my-repo', true],
      ['my-repo-with-name', 'acme/name', true],
      ['my-repo-with-name', 'acme/with', false],
      ['api-tests', 'acme/api', true],
      ['api', 'acme/api-server', false],
      ['My-API', 'acme/My-API', true],
    ] as const)
      assert.equal(answers({ name }, {}, repo), expected, `${name} ${repo}`);
  });

  test('answers for branches and files', () => {
    const filter = { branch_filter: ['main', 'odd*!{x}'], files_filter: ['src/', '"q"'] };
    const on = (branch: string, changed: readonly string[] | null) => answers(filter, { branch, changed });
    assert.equal(on('main', ['lib/src/a.ts']), true);
    assert.equal(on('odd*!{x}', ['src/a.ts']), true);
    assert.equal(on('oddity', ['src/a.ts']), false);
    assert.equal(on('feature/main', ['src/a.ts']), false);
    assert.equal(on('main', ['README.md']), false);
    assert.equal(on('main', null), true);
    assert.equal(on('main', []), false);
  });

  test('says what is different, and holds no secret', () => {
    const secrets = { discord_hook: 'https://discord.test/s3cret', github_status_token: 's3cret' };
    const all = { name: 'A', exec: 'x', branch_filter: ['b'], files_filter: ['f'], lock_file: 'l', odd: 1 };
    const told = listenerConfig(listenerOf(JSON.stringify({ ...all, ...secrets })), {
      env: {},
      directory: '/srv',
    });
    assert.ok(!JSON.stringify(told).includes('s3cret'));
    for (const word of ['name:', 'branch:', 'if:', 'concurrency:', 'GITHUB_TOKEN', 'DISCORD_WEBHOOK', 'odd:'])
      assert.ok(
        told.differences.some(difference => difference.includes(word)),
        word,
      );
  });
});

test('the section says what is wrong with its files, and who may call', () => {
  assert.deepEqual(printed('version: 1\nlightspeed: { listeners: nowhere.json }', { file: '/etc/sb.yaml' }), [
    '/etc/sb.yaml:2:26 lightspeed.listeners: /etc/nowhere.json: cannot be read: it does not exist',
  ]);
  const listed = (text: string, env = {}) =>
    printed(`version: 1\n${text}`, {
      file: join(import.meta.dirname, '../../../test/fixtures/docs/sb.yaml'),
      env,
    }).join();
  const section = 'lightspeed: { listeners: my-config.json }';
  const env = { GITHUB_WEBHOOK_SECRET: 'a secret' };
  assert.match(listed(section), /everybody who reaches the public door may start listeners/);
  assert.match(listed(`${section}\nrules: [{ name: a, on: push, run: x }]`), /start the rules of this file/);
  assert.equal(listed(section, env), '');
  assert.match(listed(section.replace(' }', ', pool: deploy }'), env), /there is one pool/);
  const twice = `${section}\nrules: [{ name: my-repo-with-name, on: manual, run: x }]`;
  assert.match(listed(twice, env), /my-repo-with-name, and so is a rule already: a name is given once/);
});

test('of two listeners of one name both files are named, and so is a key that means nothing', () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-listeners-'));
  try {
    writeFileSync(join(directory, 'one.json'), '{ "name": "api", "exec": "x" }');
    writeFileSync(join(directory, 'two.json'), '{ "name": "api", "exec": "x" }');
    writeFileSync(
      join(directory, 'odd.json'),
      '{ "name": "odd", "exec": "x", "dicord_hook": "https://a.test" }',
    );
    const told = (files: string) =>
      printed(`version: 1\nlightspeed: { listeners: [${files}] }`, {
        file: join(directory, 'sb.yaml'),
        env: { GITHUB_WEBHOOK_SECRET: 'a secret' },
      });
    assert.match(
      told('one.json, two.json').join(),
      /\/two\.json is called api, and so is \S+\/one\.json already/,
    );
    assert.match(told('one.json, odd.json').join(), /\/odd\.json: dicord_hook: this key is not known/);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
