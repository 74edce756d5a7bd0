import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSystemClock } from '../../clock/system.ts';
import { createExpiringSecrets } from './expiring-secrets.ts';
import { createThrottle } from './throttle.ts';

/** A system clock whose time the test moves. */
function createClock() {
  const clock = { ...createSystemClock(), at: 1_000_000, now: () => clock.at };
  return clock;
}

test('a secret is known until it is taken', () => {
  const secrets = createExpiringSecrets({ clock: createClock() }, { lifeMs: 1000, most: 10 });
  const { secret, expiresAt } = secrets.issue('admin');
  assert.equal(expiresAt, 1_001_000);
  assert.equal(secrets.ownerOf(secret), 'admin');
  assert.equal(secrets.take(secret), 'admin');
  assert.equal(secrets.take(secret), undefined);
  assert.equal(secrets.ownerOf('another'), undefined);
});

test('a secret ends with its time', () => {
  const clock = createClock();
  const secrets = createExpiringSecrets({ clock }, { lifeMs: 1000, most: 10 });
  const { secret } = secrets.issue('admin');
  clock.at += 999;
  assert.equal(secrets.ownerOf(secret), 'admin');
  clock.at += 1;
  assert.equal(secrets.ownerOf(secret), undefined);
  assert.equal(secrets.take(secret), undefined);
});

test('secrets are bounded in number and can be taken back by owner', () => {
  const secrets = createExpiringSecrets({ clock: createClock() }, { lifeMs: 1000, most: 2 });
  const issued = ['a', 'b', 'a'].map(owner => secrets.issue(owner).secret);
  assert.deepEqual(
    issued.map(secret => secrets.ownerOf(secret)),
    [undefined, 'b', 'a'],
  );
  secrets.forget('a');
  assert.deepEqual(
    issued.map(secret => secrets.ownerOf(secret)),
    [undefined, 'b', undefined],
  );
});

test('wrong proofs are counted by address and forgiven after a while', () => {
  const clock = createClock();
  const throttle = createThrottle({ clock });
  const wrong = (peer: string, times: number) =>
    Array.from({ length: times }, () => throttle.wrong(peer)).at(-1);
  assert.equal(wrong('10.0.0.1', 20), 0);
  assert.equal(wrong('10.0.0.1', 1), 60_000);
  assert.equal(wrong('10.0.0.2', 1), 0);
  clock.at += 60_000;
  assert.equal(wrong('10.0.0.1', 1), 0);
});
