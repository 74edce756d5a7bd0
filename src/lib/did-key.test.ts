import assert from 'node:assert/strict';
import { test } from 'node:test';
import { didOfSshKey } from './did-key.ts';

test('a key as ssh keeps it, and what is none', () => {
  // The first test vector of RFC 8032, as ssh writes that key.
  const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea radicle\n';
  assert.equal(didOfSshKey(line), 'did:key:z6MktwupdmLXVVqTzCw4i46r4uGyosGXRnR3XjN4Zq7oMMsw');
  for (const none of ['', 'ssh-rsa AAAA', 'ssh-ed25519', 'ssh-ed25519 !'])
    assert.equal(didOfSshKey(none), null);
});
