import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { goodConfig, readConfig } from '../../test/support/config.ts';

describe('sources.tangled', () => {
  const written = (tangled: string) => `version: 1\nsources: { tangled: { ${tangled} } }`;
  const config = (tangled: string) => goodConfig(written(tangled));
  const least = 'hostname: spindle.example.org, owner: "did:plc:ann"';

  test('needs a host and an owner', () => {
    assert.deepEqual(config(least).tangled, {
      hostname: 'spindle.example.org',
      owner: 'did:plc:ann',
      members: [],
      knots: [],
      trustsKnots: false,
      elsewhere: null,
      plc: 'https://plc.directory',
      jetstream: 'wss://jetstream1.us-west.bsky.network/subscribe',
      reconcileMs: 300_000,
      timeoutMs: 3_600_000,
      secretKey: null,
      concurrency: null,
      dev: false,
    });
  });

  test('takes hosts with what people write around them, and a port', () => {
    const { tangled } = config(
      `${least}, knots: ["wss://Knot.example.org/", "127.0.0.1:5555"], jetstream: ""`,
    );
    assert.deepEqual(tangled?.knots, ['knot.example.org', '127.0.0.1:5555']);
    assert.equal(tangled.jetstream, null);
  });

  test('lets runs of the same workflow and branch share the room, and no others', () => {
    assert.deepEqual(config(`${least}, concurrency: { busy: cancel-older }`).tangled?.concurrency, {
      group: '{repo}/{branch}/{workflow}',
      limit: 1,
      busy: 'cancel-older',
    });
  });

  test('for tests and one’s own network leads to this machine, also to clone, and to no public stream', () => {
    const { tangled, git } = config(`${least}, dev: true`);
    assert.deepEqual([tangled?.jetstream, git.allowPrivateHosts], [null, true]);
    assert.equal(config(least).git.allowPrivateHosts, false);
  });

  test('says what is wrong with it', () => {
    for (const [tangled, said] of [
      ['hostname: "a b", owner: "did:plc:ann"', /write a host/],
      ['hostname: a.test, owner: ann.test', /write a DID/],
      [`${least}, members: [ann]`, /write a DID/],
      [`${least}, jetstream: "https://a.test"`, /begins with wss:\/\/ or ws:\/\//],
      [`${least} } }\nrules: [{ name: tangled, on: push, run: make }]\n#`, /choose another one/],
    ] as const) {
      const loaded = readConfig(written(tangled));
      assert.equal(loaded.result, 'refused', tangled);
      assert.match(loaded.problems.map(({ message }) => message).join(), said);
    }
  });
});
