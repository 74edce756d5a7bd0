import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import { messages } from '../../../test/support/doors/read-stream.ts';
import type { RunId } from '../../domain/id.ts';

describe('streams', { timeout: 60_000 }, () => {
  let house: House;
  before(async () => {
    house = await openHouse();
  });
  after(() => house[Symbol.asyncDispose]());
  const read = (path: string, headers: Record<string, string> = {}) =>
    messages(house.adminUrl + path, { authorization: `Bearer ${house.token}`, ...headers });
  const deliver = async () => (await (await house.deliver({})).json()) as { event: string; runs: RunId[] };
  const queued = async () => (await deliver()).runs[0] ?? ('' as RunId);
  const print = async (run: RunId, sequence: number, text: string) => {
    const chunk = {
      attempt: 1,
      sequence,
      at: Date.now(),
      stream: 'stdout',
      bytes: Buffer.from(text),
    } as const;
    await house.recorder.news('local', { kind: 'log', run, chunk });
  };

  test('the feed goes on after a cursor through old items to live ones, without gap or duplicate', async () => {
    const start = await house.store.feedEnd();
    for (let count = 0; count < 3; count++) await deliver();
    // Each event brings two items: itself and its run.
    const wanted = 2 * 30;
    const readers = ['', '?cursor=0', `?cursor=${start}`, `?cursor=${start + 3}`].map(
      async (query, index) => {
        const seen: number[] = [];
        for await (const { id, data } of read(`/api/feed${query}`)) {
          const item = JSON.parse(data) as {
            id: number;
            at: string;
            type: string;
            event: string;
            run?: string;
          };
          assert.equal(id, String(item.id));
          assert.ok(Date.parse(item.at) > 0 && item.event.startsWith('evt_'));
          assert.equal(item.type === 'run', item.run !== undefined);
          seen.push(item.id);
          if (item.id >= start + wanted) break;
          if (index === 0 && seen.length === 1) fromNow.resolve();
        }
        return seen;
      },
    );
    const fromNow = Promise.withResolvers<void>();
    // Readers come while deliveries come.
    for (let count = 3; count < 30; count++) await deliver();
    await fromNow.promise;
    const [live = [], all = [], ...others] = await Promise.all(readers);
    const stored: number[] = [];
    for (let after = 0; ; after = stored.at(-1) ?? 0) {
      const page = await house.store.feed(after, 500);
      if (page.length === 0) break;
      stored.push(...page.map(item => item.id));
    }
    const until = start + wanted;
    assert.deepEqual(
      all,
      stored.filter(id => id <= until),
    );
    assert.deepEqual(
      others,
      [start, start + 3].map(after => stored.filter(id => id > after && id <= until)),
    );
    assert.deepEqual(
      live,
      stored.filter(id => id >= (live[0] ?? 0) && id <= until),
    );
  });

  test('a browser that comes back goes on after the last id it saw, not after the cursor it began with', async () => {
    await deliver();
    const end = await house.store.feedEnd();
    await deliver();
    for await (const { id } of read('/api/feed?cursor=0', { 'last-event-id': String(end) })) {
      assert.equal(Number(id), end + 1);
      break;
    }
  });

  test('a cursor ahead of the feed means from now on; one that is no number is refused', async () => {
    const end = await house.store.feedEnd();
    const reader = read(`/api/feed?cursor=${end + 1000}`);
    const first = reader.next();
    const heard = (async () => {
      for (let open = true; open; ) {
        await deliver();
        open = await Promise.race([
          first.then(() => false),
          new Promise<boolean>(resolve => setTimeout(resolve, 20, true)),
        ]);
      }
    })();
    const { value } = await first;
    await heard;
    await reader.return(undefined);
    assert.ok(Number(value?.id) > end && Number(value?.id) < end + 1000);
    for (const cursor of ['x', '-1', '1.5'])
      assert.equal((await house.api(`/api/feed?cursor=${cursor}`)).status, 400);
  });

  test('a log is followed from its first line to the end of its run', async () => {
    const run = await queued();
    await house.claim(run);
    await print(run, 1, 'one\ntwo\n');
    const lines: { seq: number; stream: string; text: string }[] = [];
    let end: unknown;
    for await (const { id, event, data } of read(`/api/runs/${run}/log/stream`)) {
      const parsed = JSON.parse(data) as (typeof lines)[number];
      if (event === 'end') end = parsed;
      else {
        assert.equal(id, String(parsed.seq));
        lines.push(parsed);
      }
      if (parsed.text === 'two') {
        await print(run, 2, 'three\n');
        await house.finish(run, 5);
      }
    }
    assert.deepEqual(
      lines.map(({ seq, stream, text }) => [seq, stream, text]),
      [
        [1, 'stdout', 'one'],
        [2, 'stdout', 'two'],
        [3, 'stdout', 'three'],
      ],
    );
    const { finishedAt, ...rest } = end as { finishedAt: string };
    assert.ok(Date.parse(finishedAt) > 0);
    assert.deepEqual(rest, { outcome: 'failure', exitCode: 5, reason: null });

    const again: unknown[] = [];
    for await (const { id, event } of read(`/api/runs/${run}/log/stream?after=1`, { 'last-event-id': '2' }))
      again.push(event ?? id);
    assert.deepEqual(again, ['3', 'end']);
  });

  test('a stored log is read as JSON lines or as it was printed', async () => {
    const run = await queued();
    await house.claim(run);
    await print(run, 1, 'plain \u001b[31mred\u001b[0m\nlast');
    await house.finish(run, 0);
    const json = await house.api(`/api/runs/${run}/log`);
    assert.match(json.headers.get('content-type') ?? '', /^application\/x-ndjson/);
    const lines = (await json.text())
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { seq: number; at: string; text: string });
    assert.deepEqual(
      lines.map(({ seq, text }) => [seq, text]),
      [
        [1, 'plain \u001b[31mred\u001b[0m'],
        [2, 'last'],
      ],
    );
    const text = await house.api(`/api/runs/${run}/log`, { headers: { accept: 'text/plain' } });
    assert.equal(text.headers.get('content-type'), 'text/plain; charset=utf-8');
    assert.equal(await text.text(), 'plain \u001b[31mred\u001b[0m\nlast');
    assert.equal(
      await (await house.api(`/api/runs/${run}/log?after=1`, { headers: { accept: 'text/plain' } })).text(),
      'last\n',
    );
    assert.equal((await house.api('/api/runs/run_unknown/log/stream')).status, 404);
  });

  test('a log of many pages is read whole', async () => {
    const run = await queued();
    await house.claim(run);
    const wanted = Array.from({ length: 2_500 }, (_, index) => `line ${index}`);
    await print(run, 1, `${wanted.join('\n')}\n`);
    const text = await (await house.api(`/api/runs/${run}/log?after=0`)).text();
    assert.deepEqual(
      text
        .trimEnd()
        .split('\n')
        .map(line => (JSON.parse(line) as { text: string }).text),
      wanted,
    );
  });

  test('a stream ends with the token or the session that it began with', async () => {
    await using house = await openHouse({ limits: { callerLookMs: 50 } });
    const made = await house.api('/api/tokens', { body: { name: 'reader' } });
    const { token } = (await made.json()) as { token: string };
    const begun = await house.api('/api/session', { method: 'POST' });
    const cookie = (begun.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
    const listen = (headers: Record<string, string>) =>
      fetch(`${house.adminUrl}/api/feed`, { headers, signal: AbortSignal.timeout(20_000) });
    const byToken = await listen({ authorization: `Bearer ${token}` });
    const bySession = await listen({ cookie, 'sec-fetch-site': 'same-origin' });
    const byAdmin = await listen({ authorization: `Bearer ${house.token}` });

    assert.equal((await house.api('/api/tokens/reader', { method: 'DELETE' })).status, 204);
    await byToken.text();
    const out = { method: 'DELETE', headers: { cookie, origin: house.adminUrl } };
    assert.equal((await fetch(`${house.adminUrl}/api/session`, out)).status, 204);
    await bySession.text();
    // Nobody else's does.
    const event = await (await house.deliver({})).json();
    const reader = byAdmin.body?.pipeThrough(new TextDecoderStream()).getReader();
    for (let heard = ''; !heard.includes((event as { event: string }).event); ) {
      const { value, done } = (await reader?.read()) ?? { done: true };
      assert.equal(done, false);
      heard += value;
    }
    await reader?.cancel();
  });

  test('closing the doors ends streams', async () => {
    const house = await openHouse();
    const headers = { authorization: `Bearer ${house.token}` };
    const response = await fetch(`${house.adminUrl}/api/feed`, { headers });
    await house[Symbol.asyncDispose]();
    assert.match(await response.text(), /^retry: 2000\n\n/);
  });
});
