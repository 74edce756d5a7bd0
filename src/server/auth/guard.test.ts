import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { exchange } from '../../../test/support/doors/raw-socket.ts';
import { apiRoutes } from '../api/routes.ts';

const nobody = { authorization: '' };

/** Signs a browser in; returns the cookie as it sends it back. */
async function signIn(house: House): Promise<string> {
  const { url } = (await (await house.api('/api/sign-in-links', { method: 'POST' })).json()) as {
    url: string;
  };
  const answer = await fetch(url, { redirect: 'manual' });
  assert.equal(answer.status, 303);
  return (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
}

describe('who may pass the admin door', { timeout: 60_000 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse();
  });
  after(() => house[Symbol.asyncDispose]());
  const byCookie = (cookie: string, path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(house.adminUrl + path, { method, headers: { cookie, ...headers } });

  test('A49: every operation, metrics, and what does not exist want a token, also from this machine', async () => {
    const all = [
      ...apiRoutes.map(([method, path]) => ({ method, path })),
      { method: 'GET', path: '/metrics' },
      { method: 'GET', path: '/api/nothing' },
      { method: 'POST', path: '/api/session' },
      { method: 'DELETE', path: '/api/session' },
    ];
    for (const { method, path } of all) {
      const answer = await fetch(house.adminUrl + path.replace(/:\w+/, 'last'), { method });
      assert.equal(answer.status, 401, `${method} ${path}`);
      assert.equal(answer.headers.get('www-authenticate'), 'Bearer realm="signalbox"');
      await answer.text();
    }
    const encoded = await exchange(
      house.adminUrl,
      'GET /%61pi/events HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    );
    assert.match(encoded, /^HTTP\/1\.1 401 /);
  });

  test('whether somebody is signed in may be asked by all, and is refused to none', async () => {
    const ask = async (cookie: string) => {
      const answer = await byCookie(cookie, '/api/session');
      assert.equal(answer.status, 200);
      return answer.json();
    };
    const begun = await house.api('/api/session', { method: 'POST' });
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.deepEqual(await ask(cookie), { signedIn: true });
    for (const stranger of ['', 'other=1', `${cookie}x`, 'signalbox_session='])
      assert.deepEqual(await ask(stranger), { signedIn: false }, stranger);
  });

  test('whoever shows a token may go on with a session; a session makes no other', async () => {
    const begun = await house.api('/api/session', { method: 'POST' });
    assert.equal(begun.status, 204);
    assert.match(begun.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Strict/);
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.equal((await byCookie(cookie, '/api/rules')).status, 200);
    const own = { 'sec-fetch-site': 'same-origin' };
    assert.equal((await byCookie(cookie, '/api/session', own, 'POST')).status, 403);
    const wrong = await house.api('/api/session', {
      method: 'POST',
      headers: { authorization: 'Bearer no' },
    });
    assert.ok(!wrong.ok && wrong.headers.get('set-cookie') === null);
  });

  test('made tokens work until they are revoked; their values are not stored and told once', async () => {
    const made = await house.api('/api/tokens', { body: { name: 'ci' } });
    assert.equal(made.status, 201);
    const { token } = (await made.json()) as { token: string };
    assert.match(token, /^sbx_/);
    assert.equal((await house.api('/api/tokens', { body: { name: 'ci' } })).status, 409);
    assert.equal((await house.api('/api/tokens', { body: { name: 'admin' } })).status, 409);
    assert.ok(!JSON.stringify(await house.store.tokens()).includes(token));

    const withIt = { authorization: `Bearer ${token}` };
    assert.equal((await house.api('/api/rules', { headers: withIt })).status, 200);
    const { items } = (await (await house.api('/api/tokens')).json()) as { items: { name: string }[] };
    assert.deepEqual(
      items.map(({ name }) => name),
      ['ci'],
    );

    const { url } = (await (
      await house.api('/api/sign-in-links', { method: 'POST', headers: withIt })
    ).json()) as { url: string };
    const cookie =
      ((await fetch(url, { redirect: 'manual' })).headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    assert.equal((await byCookie(cookie, '/api/rules')).status, 200);
    assert.equal((await house.api('/api/tokens/ci', { method: 'DELETE' })).status, 204);
    assert.equal((await house.api('/api/tokens/ci', { method: 'DELETE' })).status, 404);
    assert.equal((await house.api('/api/rules', { headers: withIt })).status, 401);
    assert.equal((await byCookie(cookie, '/api/rules')).status, 401);
  });

  test('a sign-in link works once, sets a cookie out of reach of scripts, and leads to the start page', async () => {
    const made = await house.api('/api/sign-in-links', { method: 'POST' });
    assert.equal(made.status, 201);
    const { url, expiresAt } = (await made.json()) as { url: string; expiresAt: string };
    assert.ok(url.startsWith(`${house.adminUrl}/sign-in?code=`));
    assert.ok(Date.parse(expiresAt) > Date.now());

    assert.equal((await fetch(url, { method: 'HEAD' })).status, 404);
    const first = await fetch(url, { redirect: 'manual' });
    assert.deepEqual([first.status, first.headers.get('location')], [303, '/']);
    assert.match(
      first.headers.get('set-cookie') ?? '',
      /^signalbox_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
    );

    const second = await fetch(url, { redirect: 'manual' });
    assert.equal(second.status, 410);
    assert.equal(second.headers.has('set-cookie'), false);
    assert.match(await second.text(), /no longer works/);
    assert.equal((await fetch(`${house.adminUrl}/sign-in`)).status, 410);
  });

  test('a sign-in link ends with the token that made it, and is not used up where that does not count', async () => {
    const { token } = (await (await house.api('/api/tokens', { body: { name: 'brief' } })).json()) as {
      token: string;
    };
    const made = await house.api('/api/sign-in-links', {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
    const { url } = (await made.json()) as { url: string };
    const [record] = (await house.store.tokens()).filter(({ name }) => name === 'brief');
    assert.ok(record);
    await house.store.revokeToken('brief');
    const refused = await fetch(url, { redirect: 'manual' });
    assert.deepEqual([refused.status, refused.headers.has('set-cookie')], [410, false]);
    await refused.text();
    // As at a control plane where it does.
    await house.store.addToken(record);
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 303);
    assert.equal((await fetch(url, { redirect: 'manual' })).status, 410);
    await house.store.revokeToken('brief');
  });

  test('a session can look and act, but not make links, and ends by signing out', async () => {
    const cookie = await signIn(house);
    const own = { 'sec-fetch-site': 'same-origin' };
    assert.equal((await byCookie(cookie, '/api/rules')).status, 200);
    assert.equal((await byCookie(cookie, '/api/reload', own, 'POST')).status, 200);
    assert.equal((await byCookie(cookie, '/api/sign-in-links', own, 'POST')).status, 403);
    const out = await byCookie(cookie, '/api/session', own, 'DELETE');
    assert.equal(out.status, 204);
    assert.match(out.headers.get('set-cookie') ?? '', /^signalbox_session=; Max-Age=0; Path=\/;/);
    assert.equal((await byCookie(cookie, '/api/rules')).status, 401);
  });

  test('A100: a stream is refused without a proof, and to pages of other origins', async () => {
    const cookie = await signIn(house);
    assert.equal((await fetch(`${house.adminUrl}/api/feed`)).status, 401);
    assert.equal((await byCookie(cookie, '/api/feed', { origin: 'http://evil.example' })).status, 403);
    assert.equal((await byCookie(cookie, '/api/feed', { 'sec-fetch-site': 'cross-site' })).status, 403);
  });

  test('A101: a cookie changes nothing unless the request provably comes from our own pages', async () => {
    const cookie = await signIn(house);
    const foreign = [
      {},
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site' },
      { 'sec-fetch-site': 'none' },
    ];
    for (const headers of foreign)
      assert.equal(
        (await byCookie(cookie, '/api/reload', headers, 'POST')).status,
        403,
        JSON.stringify(headers),
      );
    assert.equal((await byCookie(cookie, '/api/reload', { origin: house.adminUrl }, 'POST')).status, 200);
  });

  test('A103: wrong tokens are slowed down by address, whatever they claim to come from; a right one still passes', async () => {
    await using house = await openHouse();
    const wrong = (name: number) =>
      house.api('/api/rules', {
        headers: { authorization: `Bearer sbx_${name}`, 'x-forwarded-for': `10.0.0.${name}` },
      });
    const statuses = new Set<number>();
    for (let guess = 0; guess < 40; guess++) statuses.add((await wrong(guess)).status);
    assert.deepEqual([...statuses], [401, 429]);
    assert.ok(Number((await wrong(0)).headers.get('retry-after')) > 0);
    assert.equal((await house.api('/api/rules')).status, 200);
    assert.equal((await house.api('/api/rules', { headers: nobody })).status, 401);
    const session = { authorization: '', cookie: 'signalbox_session=guessed' };
    assert.equal((await house.api('/api/rules', { headers: session })).status, 429);
  });

  test('A103: a token is looked up by its hash, and nothing else of it is kept', async () => {
    await using house = await openHouse();
    const made = await house.api('/api/tokens', { body: { name: 'ci' } });
    const { token } = (await made.json()) as { token: string };
    assert.deepEqual(
      (await house.store.tokens()).map(({ name, hash }) => ({ name, hash })),
      [{ name: 'ci', hash: createHash('sha256').update(token).digest('hex') }],
    );
  });

  test('A26: links begin with the configured address, whatever the request says', async () => {
    await using house = await openHouse({ adminUrl: 'https://ci.example.org' });
    for (const target of ['/api/sign-in-links', 'http://evil.example/api/sign-in-links']) {
      const answer = await exchange(
        house.adminUrl,
        `POST ${target} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nConnection: close\r\nAuthorization: Bearer ${house.token}\r\n\r\n`,
      );
      assert.doesNotMatch(answer, /evil/);
      if (target.startsWith('/')) assert.match(answer, /"url":"https:\/\/ci\.example\.org\/sign-in\?code=/);
    }
    const { url } = (await (await house.api('/api/sign-in-links', { method: 'POST' })).json()) as {
      url: string;
    };
    const answer = await fetch(house.adminUrl + url.slice('https://ci.example.org'.length), {
      redirect: 'manual',
    });
    assert.equal(answer.headers.get('location'), '/');
    assert.match(answer.headers.get('set-cookie') ?? '', /; Secure/);
  });
});
