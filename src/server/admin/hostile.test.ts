import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { exchange } from '../../../test/support/doors/raw-socket.ts';
import type { RunId } from '../../domain/id.ts';
import { apiRoutes } from '../api/routes.ts';

/** What strangers, and people with a token and bad intentions, try at the admin door. */

describe('the admin door against', { timeout: 60_000 }, () => {
  let house: House;
  let ids: { readonly event: string; readonly run: RunId };
  before(async () => {
    house = await openHouse();
    const { event, runs } = (await (await house.deliver({})).json()) as { event: string; runs: [RunId] };
    ids = { event, run: runs[0] };
  });
  after(() => house[Symbol.asyncDispose]());

  const unknown = { evt_: `evt_${'0'.repeat(26)}`, run_: `run_${'0'.repeat(26)}` };
  /** Every operation on one event, run, rule or token; `fill` puts the id in. */
  const onOne = apiRoutes
    .filter(([, path]) => /:(id|name)/.test(path))
    .map(([method, path]) => ({
      method,
      kind: path.split('/')[2],
      fill: (id: string) => path.replace(/:\w+/, id),
    }));

  test('A25: an id that is a path, and one that is no id at all, name nothing', async () => {
    for (const id of [
      '..%2f..%2fhealth',
      '%2e%2e%2fhealth',
      '%252e%252e%252fhealth',
      '..%5chealth',
      '%00',
      'x'.repeat(8192),
    ])
      for (const { method, fill } of onOne) {
        const answer = await exchange(
          house.adminUrl,
          `${method} ${fill(id)} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.token}\r\nConnection: close\r\n\r\n`,
        );
        assert.match(answer, /^HTTP\/1\.1 404 /, `${method} ${fill(id).slice(0, 60)}`);
      }
  });

  test('A102: without a token what exists is answered like what does not: 401, in the same bytes', async () => {
    const existing: Readonly<Record<string, string>> = {
      events: ids.event,
      runs: ids.run,
      rules: 'unit',
      tokens: 'ci',
    };
    const bodies = new Set<string>();
    for (const { method, kind = '', fill } of onOne)
      for (const id of [existing[kind] ?? '', unknown.evt_, unknown.run_, 'nothing']) {
        const answer = await fetch(house.adminUrl + fill(id), { method });
        assert.equal(answer.status, 401, `${method} ${fill(id)}`);
        const headers = [...answer.headers].filter(([name]) => name !== 'date');
        bodies.add(JSON.stringify([headers, await answer.text()]));
      }
    assert.equal(bodies.size, 1);
  });

  // Tokens are not made for single repositories: whoever has one sees all there is, and nothing else.
  test('A102: with a token unknown ids, and ids of another kind, are answered 404 in one shape', async () => {
    const wrong: Readonly<Record<string, readonly string[]>> = {
      events: [unknown.evt_, ids.run, 'nothing'],
      runs: [unknown.run_, ids.event, 'nothing'],
      rules: [ids.event, 'nothing'],
      tokens: [ids.run, 'nothing'],
    };
    for (const { method, kind = '', fill } of onOne)
      for (const id of wrong[kind] ?? []) {
        const answer = await house.api(fill(id), { method });
        assert.equal(answer.status, 404, `${method} ${fill(id)}`);
        const { detail, ...shape } = (await answer.json()) as { detail: string };
        assert.deepEqual(shape, { type: 'about:blank', title: 'Not Found', status: 404, code: 'not_found' });
        assert.ok(detail.includes(id), detail);
      }
  });

  test('A104: whoever follows every address that can be read changes nothing in the database', async () => {
    const document = (await (await house.api('/api/openapi.json')).json()) as {
      paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    };
    const before = rows(house.directory);
    let read = 0;
    for (const [path, methods] of Object.entries(document.paths)) {
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${house.token}` };
      const address = house.adminUrl + path.replace('{name}', 'unit').replace(/\{\w+\}/, 'last');
      const answer = await fetch(address, { headers, signal: stop.signal });
      // What only a POST does is nowhere for a GET.
      assert.equal(answer.status, 'get' in methods ? 200 : 404, path);
      read += answer.status === 200 ? 1 : 0;
      stop.abort();
    }
    assert.ok(read > 10, 'looked at too little');
    for (const path of ['/', '/healthz', '/metrics', '/sign-in', '/api/openapi.json', '/api/nothing'])
      await (await house.api(path)).text();
    assert.deepEqual(rows(house.directory), before);
  });

  test('A77: what a job has printed is handed out as a file, never as a page of this server', async () => {
    await house.claim(ids.run);
    const bytes = Buffer.from('<!doctype html><script>alert(document.domain)</script>\n');
    await house.store.appendLog(ids.run, { attempt: 1, sequence: 1, at: 1, stream: 'stdout', bytes });
    for (const accept of ['text/html,*/*;q=0.8', 'text/plain', '*/*']) {
      const answer = await house.api(`/api/runs/${ids.run}/log`, { headers: { accept } });
      const { headers } = answer;
      assert.ok((await answer.text()).includes('alert(document.domain)'));
      assert.match(headers.get('content-type') ?? '', /^(application\/x-ndjson|text\/plain; charset=utf-8)$/);
      assert.match(
        headers.get('content-disposition') ?? '',
        /^attachment; filename="run_\w+\.(log|ndjson)"$/,
      );
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy') ?? '', /^default-src 'self'/);
    }
  });
});

/** All that is stored, table by table. */
function rows(directory: string): Readonly<Record<string, unknown>> {
  using database = new DatabaseSync(join(directory, 'signalbox.sqlite'), { readOnly: true });
  const tables = database.prepare(`select name from sqlite_schema where type = 'table'`).all();
  assert.ok(tables.length > 5, 'looked at too little');
  return Object.fromEntries(
    tables.map(({ name }) => [String(name), database.prepare(`select * from "${String(name)}"`).all()]),
  );
}
