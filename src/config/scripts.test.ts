import assert from 'node:assert/strict';
import { test } from 'node:test';
import { goodConfig, printed } from '../../test/support/config.ts';

const env = { TOKEN: 'a-long-enough-token' };
const lines = (section: string, more = '') =>
  printed(`version: 1\nsources: { scripts: { dir: ., executors: sh, ${section} } }\n${more}`, { env });
const at = (path: string, sentence: string) =>
  new RegExp(`^signalbox\\.yaml:\\d+:\\d+ ${path}: .*${sentence}`);

test('nobody may call unless somebody wrote down who', () => {
  assert.match(lines('')[0] ?? '', at('sources\\.scripts', 'nobody could start a script'));
  assert.deepEqual(lines('token: "${env:TOKEN}"'), []);
  assert.match(lines('auth: none')[0] ?? '', at('sources\\.scripts\\.auth', 'everybody who reaches'));
  assert.match(
    lines('auth: none, token: "${env:TOKEN}"')[0] ?? '',
    at('sources\\.scripts\\.auth', 'there is a `token` as well'),
  );
});

test('what does not go together is told where it is', () => {
  const token = 'token: "${env:TOKEN}"';
  for (const [section, path, sentence] of [
    ['path: /github', 'path', 'something else is at /github'],
    ['path: v1', 'path', 'write a slash and one word'],
    ['secrets: NONE', 'secrets', 'there is no secret NONE'],
    ['env: { CI: no }', 'env\\.CI', 'is set for every job already'],
    ['dir: /nowhere', 'dir', 'there is no folder /nowhere yet'],
    ['rateLimit: 0', 'rateLimit', 'write a whole number'],
  ] as const) {
    const said = printed(
      `version: 1\nsources:\n  scripts: { ${section.startsWith('dir') ? '' : 'dir: ., '}executors: sh, ${token}, ${section} }`,
      { env },
    );
    assert.match(said[0] ?? '', at(`sources\\.scripts\\.${path}`, sentence), section);
  }
  assert.match(
    lines(token, 'rules: [{ name: scripts, on: manual, run: make }]')[0] ?? '',
    at('rules\\[0\\]\\.name', 'brings a rule of this name'),
  );
});

test('calls of one script share the room, or all do', () => {
  const group = (section: string) =>
    goodConfig(
      `version: 1\nsources: { scripts: { dir: ., executors: sh, auth: none, concurrency: { ${section} } } }`,
    ).scripts?.concurrency?.group;
  assert.deepEqual([group('limit: 1'), group('group: "{rule}"')], ['{rule}/{script}', '{rule}']);
});
