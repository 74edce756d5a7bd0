import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import {
  type Account,
  type FakeNetwork,
  startFakeNetwork,
} from '../../../../test/support/tangled/fake-network.ts';
import type { Store } from '../../../contracts/store.ts';
import { SignalboxError } from '../../../domain/errors.ts';
import { openSqliteStore } from '../../../store/sqlite/store.ts';
import { createNet } from '../net.ts';
import { createIdentities } from '../network/identity.ts';
import { verifyServiceToken } from './service-token.ts';
import { createUsedTokens, type UsedTokens } from './used-tokens.ts';

const lxm = 'sh.tangled.ci.triggerPipeline';
const hostname = 'ci.brookfield.example:6555';
const aud = `did:web:${hostname}`;
const never = new AbortController().signal;

describe('a service token', () => {
  let network: FakeNetwork;
  let directory = '';
  let store: Store;
  let pat: Account;
  let needs: Parameters<typeof verifyServiceToken>[0];
  let now = Date.now();
  before(async () => {
    network = await startFakeNetwork();
    directory = await mkdtemp(join(tmpdir(), 'signalbox-tokens-'));
    store = await openSqliteStore({ directory });
    pat = await network.account('pat.test');
    const settings = { dev: true, allowsPrivateHosts: false, plc: network.url, jetstream: null };
    const { documents } = createIdentities({ ...settings, net: createNet(settings), now: () => now });
    needs = { documents, used: createUsedTokens(store, () => now), now: () => now, hostname };
  });
  after(async () => {
    await store[Symbol.asyncDispose]();
    await rm(directory, { recursive: true });
    await network[Symbol.asyncDispose]();
  });

  const verify = (token: string, method = lxm, used: UsedTokens = needs.used) =>
    verifyServiceToken({ ...needs, used }, token, method, never);
  const refusal = (token: string): Promise<string> =>
    verify(token).then(
      () => 'taken',
      (error: Error & { readonly code?: string }) =>
        error.code === 'unauthenticated' ? error.message : `${error.code}: ${error.message}`,
    );
  const seconds = () => Math.floor(now / 1000);
  let drawn = 0;
  const claims = (changes: object = {}) => {
    const jti = `t${++drawn}`;
    return { aud, lxm, exp: seconds() + 60, iat: seconds(), jti, ...changes };
  };

  test('says who calls, whatever key the account has and however the spindle is named', async () => {
    const other = await network.account('other.test', 'ES256');
    for (const account of [pat, other])
      for (const named of ['', '#tangled_spindle'].flatMap(end => [
        `${aud}${end}`,
        `did:web:ci.brookfield.example%3A6555${end}`,
      ]))
        assert.equal(await verify(await account.token({ aud: named, lxm })), account.did);
  });

  test('is good once', async () => {
    const token = await pat.token({ aud, lxm });
    assert.equal(await verify(token), pat.did);
    assert.equal(await refusal(token), 'it has been used before');
    // Another issuer may have drawn the same name for its own.
    const other = await network.account('namesake.test');
    const twin = claims({ jti: 'twin' });
    assert.equal(await verify(await pat.sign({}, twin)), pat.did);
    assert.equal(await verify(await other.sign({}, twin)), other.did);
    assert.equal(await refusal(await other.sign({}, twin)), 'it has been used before');
  });

  test('is not used up by somebody who has made it up', async () => {
    const named = claims({ jti: 'victim' });
    const other = await network.account('thief.test');
    const forged = await other.sign({}, { ...named, iss: pat.did });
    assert.equal(await refusal(forged), 'its signature is not that of its issuer');
    assert.equal(await verify(await pat.sign({}, named)), pat.did);
  });

  test('has to be for this spindle, this method and this moment', async () => {
    const cases: readonly (readonly [object, string])[] = [
      [{ aud: 'did:web:other.example' }, 'it is for did:web:other.example, not for this spindle'],
      [
        { aud: 'did:web:ci.brookfield.example' },
        'it is for did:web:ci.brookfield.example, not for this spindle',
      ],
      [{ aud: `${aud}#atproto_pds` }, `it is for ${aud}#atproto_pds, not for this spindle`],
      [
        { lxm: 'sh.tangled.ci.cancelPipeline' },
        `it is for the method sh.tangled.ci.cancelPipeline, not for ${lxm}`,
      ],
      [{ lxm: undefined }, 'it is no service token'],
      [{ jti: undefined }, 'it is no service token'],
      [{ exp: undefined }, 'it is no service token'],
      [{ exp: String(seconds() + 60) }, 'it is no service token'],
      [{ iss: 'did:key:z6Mk' }, 'it is no service token'],
      [{ exp: seconds() }, 'it has expired'],
      [{ exp: seconds() + 302 }, 'it lives longer than 5 minutes'],
      [{ iat: seconds() + 32 }, 'its time has not come yet'],
      [{ nbf: seconds() + 32 }, 'its time has not come yet'],
      [{ iat: seconds() + 29, nbf: seconds() + 29 }, 'taken'],
      [{ iat: undefined }, 'taken'],
    ];
    for (const [changes, answer] of cases)
      assert.equal(await refusal(await pat.sign({}, claims(changes))), answer, JSON.stringify(changes));
  });

  test('has to be of the one kind that is made for services', async () => {
    for (const header of [
      { typ: 'at+jwt' },
      { typ: 'refresh+jwt' },
      { typ: 'dpop+jwt' },
      { typ: undefined },
      { alg: 'none' },
      { alg: 'HS256' },
      { kid: '#atproto_label' },
    ])
      assert.equal(
        await refusal(await pat.sign(header, claims())),
        'it is no service token',
        JSON.stringify(header),
      );
    assert.equal(await refusal(await pat.sign({ kid: '#atproto' }, claims())), 'taken');
    // The key is of another kind.
    assert.equal(
      await refusal(await pat.sign({ alg: 'ES256' }, claims())),
      'its signature is not that of its issuer',
    );
  });

  test('is told from one whose claims were changed', async () => {
    const [head = '', , signature = ''] = (await pat.token({ aud, lxm })).split('.');
    const changed = Buffer.from(JSON.stringify({ iss: pat.did, ...claims() })).toString('base64url');
    assert.equal(await refusal(`${head}.${changed}.${signature}`), 'its signature is not that of its issuer');
  });

  test('is checked with the key of now, when an account has another one', async () => {
    const other = await network.account('rotating.test');
    const before = await other.token({ aud, lxm });
    await other.rotate('ES256');
    assert.equal(await verify(await other.token({ aud, lxm })), other.did);
    assert.equal(await refusal(before), 'its signature is not that of its issuer');
  });

  test('is checked once more past caches, before it is refused', async () => {
    const other = await network.account('cached.test');
    const stale = await needs.documents.resolve(other.did);
    await other.rotate();
    const asked: unknown[] = [];
    const documents: typeof needs.documents = {
      resolve: (did, options) => {
        asked.push(options?.noCache);
        return options?.noCache ? needs.documents.resolve(did, options) : Promise.resolve(stale);
      },
    };
    const token = await other.token({ aud, lxm });
    assert.equal(await verifyServiceToken({ ...needs, documents }, token, lxm, never), other.did);
    assert.deepEqual(asked, [false, true]);
  });

  test('of somebody who cannot be looked up is refused', async () => {
    const nobody = `did:plc:${'2'.repeat(24)}`;
    assert.equal(
      await refusal(await pat.sign({}, claims({ iss: nobody }))),
      `its issuer ${nobody} cannot be looked up`,
    );
    assert.match(
      await refusal(await pat.sign({}, claims({ iss: network.repoDid('knot.test') }))),
      /^the document of its issuer .* has no key #atproto$/,
    );
  });

  test('may be any text at all', async () => {
    const part = fc.oneof(
      fc.string(),
      fc.json().map(json => Buffer.from(json).toString('base64url')),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 5 }), async parts => {
        assert.equal(await refusal(parts.join('.')), 'it is no service token');
      }),
      { numRuns: 200 },
    );
  });

  test('of somebody who signs too many finds no room, until they have expired', async () => {
    const busy = await network.account('busy.test');
    const used = createUsedTokens(store, () => now, { all: 1_000, ofIssuer: 2 });
    const token = async () => verify(await busy.sign({}, claims()), lxm, used);
    await token();
    await token();
    await assert.rejects(token, { code: 'overloaded' });
    now += 100_000;
    await token();
    now -= 100_000;
  });

  test('is remembered a little longer than it lasts, for clocks that go slow', async () => {
    const token = await pat.sign({}, claims());
    assert.equal(await verify(token), pat.did);
    const slow = now;
    now += 61_000;
    assert.equal(await refusal(token), 'it has expired');
    // Any call forgets what has expired.
    await verify(await pat.sign({}, claims()));
    now = slow;
    assert.equal(await refusal(token), 'it has been used before');
  });

  test('is refused while nobody can tell whether it has been used', async () => {
    const away = new SignalboxError('unavailable', 'the database does not answer');
    const used = createUsedTokens({ useToken: () => Promise.reject(away) }, () => now);
    await assert.rejects(verify(await pat.sign({}, claims()), lxm, used), { code: 'unavailable' });
  });

  test('with a name that no database likes is good once as well', async () => {
    for (const jti of ['\0', '\ud800', '\ue000'.repeat(256)]) {
      const token = await pat.sign({}, claims({ jti }));
      assert.equal(await verify(token), pat.did);
      assert.equal(await refusal(token), 'it has been used before');
    }
  });
});
