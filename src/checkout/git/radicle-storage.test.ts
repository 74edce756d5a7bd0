import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { createRadicleHome } from '../../../test/support/radicle/home.ts';
import { createPerson } from '../../../test/support/radicle/person.ts';
import { storedAt } from './radicle-storage.ts';

test('the URL of a Radicle repository leads into the storage of the configured node, and nowhere else', () => {
  using home = createRadicleHome();
  const { rid, directory } = home.createRepository({ delegates: [createPerson('ann')] });
  const url = rid.replace(':', '://');
  assert.equal(storedAt(home.directory, url), `file://${directory}`);
  assert.throws(() => storedAt(null, url), /add sources\.radicle/);

  const id = `z${'1'.repeat(27)}`;
  assert.throws(() => storedAt(home.directory, `rad://${id}`), { code: 'not_found' });
  const outside = join(home.directory, 'outside');
  mkdirSync(outside);
  symlinkSync(outside, join(home.directory, 'storage', id));
  assert.throws(() => storedAt(home.directory, `rad://${id}`), /leads out of the storage/);
  for (const odd of [
    'rad:/etc',
    'rad://../../etc',
    `${url}/..`,
    `${url}%2f..`,
    `rad://x@${url.slice(6)}`,
    'rad://',
  ])
    assert.throws(() => storedAt(home.directory, odd), { code: 'invalid' }, odd);
});
