import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { exchange } from '../../../test/support/doors/raw-socket.ts';
import { apiRoutes } from '../api/routes.ts';

describe('the admin door', { timeout: 60_000 }, () => {
  const files = mkdtempSync(join(tmpdir(), 'signalbox-ui-'));
  let house: House;
  before(async () => {
    mkdirSync(join(files, 'ui', 'assets'), { recursive: true });
    writeFileSync(join(files, 'secret.txt'), 'outside');
    writeFileSync(join(files, 'ui', 'index.html'), '<p>the UI</p>');
    writeFileSync(join(files, 'ui', 'assets', 'app-1a2b.js'), 'run()');
    house = await openHouse({ uiDirectory: join(files, 'ui') });
    await house.deliver({});
  });
  after(async () => {
    await house[Symbol.asyncDispose]();
    rmSync(files, { recursive: true });
  });

  test('every answer bears the headers that keep strangers out of its pages', async () => {
    const answers = [
      await fetch(house.adminUrl),
      await fetch(`${house.adminUrl}/healthz`),
      await fetch(`${house.adminUrl}/sign-in`),
      await fetch(`${house.adminUrl}/api/openapi.json`),
      await fetch(`${house.adminUrl}/api/events`),
      await fetch(`${house.adminUrl}/nothing`),
      await fetch(`${house.adminUrl}/%zz`),
      await house.api('/api/events'),
    ];
    for (const answer of answers) {
      const { headers } = answer;
      assert.match(
        headers.get('content-security-policy') ?? '',
        /^default-src 'self';.*frame-ancestors 'none'$/,
        answer.url,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.equal(headers.get('referrer-policy'), 'no-referrer');
      assert.equal(headers.get('access-control-allow-origin'), null);
    }
  });

  test('A106: what the API says is not stored by anyone; hashed files of the UI are, for ever', async () => {
    const reads = apiRoutes.flatMap(([method, path]) =>
      method === 'GET' ? [path.replace(':id', 'last')] : [],
    );
    assert.ok(reads.length > 10, 'looked at too little');
    for (const path of [...reads, '/api/openapi.json', '/metrics', '/sign-in', '/'])
      for (const authorization of [`Bearer ${house.token}`, '']) {
        const stop = new AbortController();
        const headers = { authorization };
        const answer = await fetch(house.adminUrl + path, { headers, signal: stop.signal });
        assert.equal(answer.headers.get('cache-control'), 'no-store', path);
        stop.abort();
      }
    const asset = await fetch(`${house.adminUrl}/assets/app-1a2b.js`);
    assert.equal(asset.headers.get('cache-control'), 'public, max-age=31536000, immutable');
    assert.equal(await asset.text(), 'run()');
  });

  test('pages of the UI can be opened directly; files that are not there, and calls, are answered 404', async () => {
    const open = (path: string, accept: string) => fetch(house.adminUrl + path, { headers: { accept } });
    assert.equal(await (await open('/', 'text/html')).text(), '<p>the UI</p>');
    assert.equal(await (await open('/runs/run_1', 'text/html')).text(), '<p>the UI</p>');
    assert.equal((await open('/assets/other.js', 'text/html')).status, 404);
    assert.equal((await open('/runs/run_1', 'application/json')).status, 404);
    assert.equal((await open('/api/nothing', 'text/html')).status, 401);
  });

  test('A105: no path leads out of the UI’s directory, and no code out of this server', async () => {
    const tricks = [
      '/../secret.txt',
      '/..%2fsecret.txt',
      '/..%5csecret.txt',
      '/%2e%2e/secret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/....//secret.txt',
      '/..\\secret.txt',
      '/assets/..%5c..%5csecret.txt',
      '/%252e%252e%252fsecret.txt',
      '/assets/..%c0%afsecret.txt',
      '//evil.example/..%2fsecret.txt',
      '/secret.txt%00.js',
    ];
    for (const path of tricks) {
      const answer = await exchange(
        house.adminUrl,
        `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      assert.doesNotMatch(answer, /outside/, path);
      assert.match(answer, /^HTTP\/1\.1 (400|403|404) /, path);
      assert.doesNotMatch(answer, /^location:/im, path);
    }
    const { url } = (await (await house.api('/api/sign-in-links', { method: 'POST' })).json()) as {
      url: string;
    };
    const answer = await fetch(`${url}&next=http://evil.example&redirect=//evil.example`, {
      redirect: 'manual',
    });
    assert.equal(answer.headers.get('location'), '/');
  });

  test('metrics are told behind the guard', async () => {
    const text = await (await house.api('/metrics')).text();
    assert.match(text, /^signalbox_queue_depth\{queue="queued"\} 1$/m);
    assert.match(text, /^signalbox_build_info\{version="1\.2\.3",node="v/m);
  });

  test('without a built UI the start page says so', async () => {
    await using house = await openHouse();
    const answer = await fetch(house.adminUrl);
    assert.equal(answer.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(await answer.text(), /not built/);
  });
});
