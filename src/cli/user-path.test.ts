import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { restoreUserPath } from './user-path.ts';

function restored(env: Record<string, string | undefined>): Record<string, string | undefined> {
  restoreUserPath(env);
  return env;
}

test('the PATH that was handed on counts, and is handed on to nobody else', () => {
  const env = {
    PATH: '/checkout/node_modules/.bin:/usr/bin',
    SIGNALBOX_USER_PATH: '/usr/bin',
    HOME: '/root',
  };
  assert.deepEqual(restored(env), { PATH: '/usr/bin', HOME: '/root' });
  assert.deepEqual(restored({ HOME: '/root' }), { HOME: '/root' });
});

test('what npm puts before a PATH is taken away, also when npm was started by npm', t => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-npm-'));
  t.after(() => rmSync(directory, { recursive: true }));
  const scripts = { inner: 'printenv PATH', outer: 'npm run --silent inner' };
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ scripts }));
  const path = process.env['PATH'] ?? '';
  for (const script of ['inner', 'outer']) {
    const seen = execFileSync('npm', ['run', '--silent', script], {
      cwd: directory,
      env: { PATH: path, HOME: directory, npm_config_update_notifier: 'false' },
      encoding: 'utf8',
    }).trimEnd();
    assert.notEqual(seen, path);
    assert.equal(restored({ PATH: seen })['PATH'], restored({ PATH: path })['PATH']);
  }
});

test('what only looks like it is left alone', () => {
  for (const path of ['/home/me/node_modules/.bin:/usr/bin', '/usr/bin:/x/node-gyp-bin', '', ':/usr/bin'])
    assert.equal(restored({ PATH: path })['PATH'], path);
});
