import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { runInProcess } from '../../test/support/cli.ts';

const cwd = mkdtempSync(join(tmpdir(), 'signalbox-cli-hooks-'));
after(() => rmSync(cwd, { recursive: true }));
const env = { PATH: '/usr/bin:/bin', DEPLOY_TOKEN: 'tok"en' };
const run = (...argv: readonly string[]) => runInProcess(['hooks', ...argv], { cwd, env });
const write = (name: string, text: string) => writeFileSync(join(cwd, name), text);

write(
  'hooks.yaml',
  `- id: deploy
  execute-command: echo
  include-command-output-in-response: true
  pass-arguments-to-command:
  - { source: payload, name: ref }
  - { source: payload, name: gone }
  pass-environment-to-command:
  - { source: payload, name: head.id }
  trigger-rule:
    and:
    - match: { type: value, value: refs/heads/main, parameter: { source: payload, name: ref } }
    - match: { type: regex, regex: "^[0-9]+$", parameter: { source: header, name: X-Build } }
- id: other
  execute-command: 'true'
  response-message: thanks
  http-methods: [PUT]
`,
);
write(
  'main.json',
  '{ "headers": { "X-Build": 7 }, "body": { "ref": "refs/heads/main", "head": { "id": "abc" } } }',
);
write('dev.json', '{ "target": "/hooks/deploy?a=1", "body": { "ref": "refs/heads/dev" } }');
write('raw.http', 'PUT /hooks/other HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n');

describe('hooks check', () => {
  test('tells what bites, and ends with 0 when nothing is broken', async () => {
    const { code, stdout } = await run('check', 'hooks.yaml');
    assert.match(
      stdout,
      /^warning hooks\.yaml:8:5 \[0\]\.pass-environment-to-command\[0\]: no shell can read .*\nok hooks\.yaml\n$/,
    );
    assert.equal(code, 0);
  });

  test('ends with 1 when something is', async () => {
    write('broken.json', '[{"id":"a","execute-command":"/no/such"}]');
    const { code, stdout } = await run('check', 'broken.json');
    assert.match(stdout, /^error broken\.json:1:30 \[0\]\.execute-command: /);
    assert.equal(code, 1);
    assert.equal((await run('check', 'broken.json', '--elsewhere')).code, 0);
  });

  test('a file that cannot be read is told with its place', async () => {
    write('refused.json', '[\n  {"id": "a", "http-methods": "GET"}\n]');
    const { code, stdout } = await run('check', 'refused.json');
    assert.equal(stdout, 'error refused.json:2:31: "http-methods" takes a list, not a text\n');
    assert.equal(code, 1);
  });

  test('a template is read as one', async () => {
    write(
      'template.json',
      '[{"id":"a","execute-command":"true","response-message":"{{ getenv "DEPLOY_TOKEN" | js }}"}]',
    );
    assert.equal((await run('check', 'template.json')).code, 1);
    assert.equal((await run('check', '--template', 'template.json')).stdout, 'ok template.json\n');
  });

  test('prints JSON for programs', async () => {
    const { stdout } = await run('check', '--json', 'hooks.yaml');
    const { ok, findings } = JSON.parse(stdout);
    assert.equal(ok, true);
    assert.deepEqual(findings[0].place, { line: 8, column: 5 });
  });

  test('what is not there ends with 3', async () => {
    const { code, stderr } = await run('check', 'missing.json');
    assert.equal(code, 3);
    assert.match(stderr, /missing\.json cannot be read/);
  });
});

describe('hooks explain', () => {
  test('what would run, and why', async () => {
    const { code, stdout } = await run('explain', 'hooks.yaml', 'deploy', '--event', 'main.json');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `✓ deploy  matched
  all 2 rules hold
    ✓ payload "ref" is "refs/heads/main"
    ✓ header "X-Build" "7" matches ^[0-9]+$

runs    echo refs/heads/main ""
with    HOOK_head.id=abc
with    HOOK_head_id=abc
note    argument 2: payload "gone": is missing
answer  what the command prints, when it has ended
`,
    );
  });

  test('what the original program does not know is told too', async () => {
    write(
      'extras.json',
      `[{ "id": "a", "execute-command": "cat", "pass-stdin-to-command": [{ "source": "payload", "name": "ref" }],
          "run": { "mode": "output", "sync-timeout": "10s", "dedupe-key": { "source": "payload", "name": "ref" } } }]`,
    );
    const { stdout } = await run('explain', 'extras.json', '--event', 'main.json');
    assert.match(
      stdout,
      /\nruns {4}cat\nstdin {3}15 bytes\nkey {5}refs\/heads\/main\nanswer {2}what the command prints, when it has ended, or 202 after 10s\n$/,
    );
  });

  test('why it would not: what was not looked at is said', async () => {
    const { code, stdout } = await run('explain', 'hooks.yaml', '--event', 'dev.json');
    assert.equal(code, 0);
    assert.equal(
      stdout,
      `✗ deploy  not matched
  payload "ref" is "refs/heads/dev", not "refs/heads/main"
    ✗ payload "ref" is "refs/heads/dev", not "refs/heads/main"
    · not looked at: header "X-Build" matches ^[0-9]+$

answer  200 Hook rules were not satisfied.
`,
    );
  });

  test('a request as it goes over the wire names its hook', async () => {
    const { stdout } = await run('explain', 'hooks.yaml', '--event', 'raw.http');
    assert.match(
      stdout,
      /^✓ other {2}matched\n {2}the hook has no rule: every request runs it\n\nruns {4}true\nanswer {2}200 thanks\n$/,
    );
  });

  test('without an id each hook is asked, refused ones too', async () => {
    const { stdout } = await run('explain', 'hooks.yaml', '--event', 'main.json');
    assert.match(stdout, /✓ deploy {2}matched/);
    assert.match(stdout, /other {2}refused before its rule was asked\n\nanswer {2}405\n$/);
  });

  test('prints JSON for programs', async () => {
    const { stdout } = await run('explain', 'hooks.yaml', 'deploy', '--event', 'main.json', '--json');
    const [decided] = JSON.parse(stdout);
    assert.equal(decided.verdict.verdict, 'matched');
    assert.deepEqual(decided.command.arguments, ['refs/heads/main', '']);
  });

  test('mistakes are one sentence', async () => {
    const unknown = await run('explain', 'hooks.yaml', 'nope', '--event', 'main.json');
    assert.equal(unknown.code, 3);
    assert.match(unknown.stderr, /hooks\.yaml has no hook "nope", only deploy, other/);
    write('odd.json', '{"nonsense":1}');
    const odd = await run('explain', 'hooks.yaml', '--event', 'odd.json');
    assert.equal(odd.code, 2);
    assert.match(odd.stderr, /odd\.json is no sample/);
    write('refused.json', '{');
    const refused = await run('explain', 'refused.json', '--event', 'main.json');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /refused\.json:1:\d+: /);
  });
});
