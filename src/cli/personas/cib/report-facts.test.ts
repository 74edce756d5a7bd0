import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { SignalboxError } from '../../../domain/errors.ts';
import type { Api } from '../../client.ts';
import { createFactReader } from './report-facts.ts';
import { feedXml } from './report-pages.ts';
import { writeReports } from './reports.ts';

interface Event {
  readonly id: string;
  readonly private: boolean;
  readonly rid: string;
}

/** An API with lists, newest first. */
function serve() {
  const events: Event[] = [];
  const runs: { readonly event: Event; state: string }[] = [];
  const asked: string[] = [];
  const eventJson = ({ id, rid, private: isPrivate }: Event) => ({
    id,
    type: 'push',
    action: 'updated',
    branch: 'main',
    before: null,
    after: 'a'.repeat(40),
    repo: { name: rid },
    actor: { id: 'did:key:z6MkAnn', name: null },
    radicle: { namespace: 'z6MkAnn', name: 'heartwood', private: isPrivate },
  });
  const runJson = ({ event, state }: (typeof runs)[number]) => ({
    id: `run of ${event.id}`,
    event: event.id,
    rule: 'ci',
    state,
    outcome: state === 'finished' ? 'success' : null,
    reason: null,
    ref: 'refs/heads/main',
    sha: 'a'.repeat(40),
    queuedAt: '2026-01-01T00:00:00.000Z',
    repo: { name: event.rid },
    adapter: null,
  });
  const page = (all: readonly object[], after: string | undefined, limit: number) => {
    const from = Number(after ?? 0);
    const next = from + limit < all.length ? String(from + limit) : null;
    return { items: all.slice(from, from + limit), next };
  };
  function answer(path: string, after: string | undefined, limit: number): object {
    if (path === '/api/health') return { queue: { queued: 0 } };
    if (path === '/api/runs') return page(runs.map(runJson).toReversed(), after, limit);
    if (path === '/api/events') return page(events.map(eventJson).toReversed(), after, limit);
    const found = events.find(({ id }) => path === `/api/events/${id}`);
    if (found === undefined) throw new SignalboxError('not_found', 'there is none');
    return eventJson(found);
  }
  const api: Pick<Api, 'get'> = {
    get: async (path, schema, { after, limit } = {}) => {
      asked.push(path);
      return {
        value: schema.parse(answer(path, after === undefined ? after : String(after), Number(limit))),
        json: null,
      };
    },
  };
  return { events, runs, asked, api };
}

const heartwood = 'rad:z3Heartwood';

test('a run is told however many events have come since, and of which kind', async () => {
  const { events, runs, asked, api } = serve();
  const told = { id: 'first', private: false, rid: heartwood };
  events.push(told);
  runs.push({ event: told, state: 'running' });
  for (let n = 0; n < 10_100; n += 1) events.push({ id: `e${n}`, private: false, rid: 'rad:z3Other' });
  const reader = createFactReader(api);
  assert.deepEqual(
    (await reader.gather()).runs.map(({ id, name }) => [id, name]),
    [['run of first', 'heartwood']],
  );
  // What is known is not asked for again; what was not finished is.
  asked.length = 0;
  for (const run of runs) run.state = 'finished';
  assert.equal((await reader.gather()).runs[0]?.outcome, 'success');
  assert.deepEqual(asked.toSorted(), ['/api/events', '/api/health', '/api/runs']);
});

test('the page of a repository that has become private goes, and no page of somebody else', async () => {
  const { events, runs, api } = serve();
  const open = { id: 'e1', private: false, rid: heartwood };
  events.push(open);
  runs.push({ event: open, state: 'finished' });
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-reports-'));
  try {
    writeFileSync(join(directory, 'z3Else.html'), 'of another broker');
    const pages = async () => {
      await writeReports({ now: () => 0 }, createFactReader(api), directory);
      return readdirSync(directory)
        .filter(name => /^z.*html$/.test(name))
        .sort();
    };
    assert.deepEqual(await pages(), ['z3Else.html', 'z3Heartwood.html']);
    events.push({ ...open, id: 'e2', private: true });
    assert.deepEqual(await pages(), ['z3Else.html']);
  } finally {
    rmSync(directory, { recursive: true });
  }
});

test('whatever stands in a name, a feed is XML', async () => {
  const { events, runs, api } = serve();
  const event = { id: 'e1', private: false, rid: heartwood };
  events.push(event);
  runs.push({ event, state: 'finished' });
  const facts = await createFactReader(api).gather();
  const odd = facts.runs.map(run => ({ ...run, name: 'a\u0000\u0001\ufffe\ud800b' }));
  assert.match(feedXml('CI', odd, '2026-01-01T00:00:00Z'), /<title>a\ufffd{4}b: success/);
});
