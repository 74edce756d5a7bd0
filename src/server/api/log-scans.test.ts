import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type House, openHouse } from '../../../test/support/doors/open-house.ts';
import type { RunId } from '../../domain/id.ts';
import type { LogStream } from '../../domain/log.ts';
import type { LogMarksJson, LogSearchJson } from '../json/log-scans.ts';

const esc = '\u001b';

describe('looking through a log', { timeout: 60_000 }, () => {
  let house: House;
  let run: RunId;
  before(async () => {
    house = await openHouse();
    const { runs } = (await (await house.deliver({})).json()) as { readonly runs: readonly RunId[] };
    run = runs[0] ?? ('' as RunId);
    const say = (sequence: number, stream: LogStream, text: string) =>
      house.store.appendLog(run, { attempt: 1, sequence, at: sequence, stream, bytes: Buffer.from(text) });
    await say(1, 'system', 'attempt 1 on local\n');
    await say(
      2,
      'stdout',
      `::group::Install\nnpm ci\n::endgroup::\n${esc}[31mre${esc}[32md${esc}[0m apple\n`,
    );
    await say(3, 'stderr', 'Error: .* is no pattern\n');
    await say(4, 'system', 'checked out\n::group::forged\n');
    await say(5, 'stdout', `${'many\n'.repeat(12_000)}RED\n`);
  });
  after(() => house[Symbol.asyncDispose]());
  const get = async <Answer>(path: string): Promise<Answer> => {
    const answer = await house.api(`/api/runs/${run}/${path}`);
    assert.equal(answer.status, 200, path);
    return (await answer.json()) as Answer;
  };
  const search = (query: string) => get<LogSearchJson>(`log/search?${query}`);

  test('a text is found as people see it, in whatever case, and is no pattern', async () => {
    assert.deepEqual(await search('q=red'), { lines: [5, 12_009], searchedTo: 12_009, atEnd: true });
    assert.deepEqual((await search('q=red%20APPLE')).lines, [5]);
    assert.deepEqual((await search(`q=${encodeURIComponent('.*')}`)).lines, [6]);
    assert.deepEqual((await search('q=nowhere')).lines, []);
  });

  test('one call tells so many lines, and the next goes on after them', async () => {
    const first = await search('q=many&limit=5000');
    assert.deepEqual([first.lines.length, first.atEnd], [5_000, false]);
    const rest = await search(`q=many&limit=5000&after=${first.searchedTo}`);
    assert.equal(rest.lines[0], (first.lines.at(-1) ?? 0) + 1);
  });

  test('marks tell sections, what signalbox says, and the first error; nobody can forge its words', async () => {
    const { marks, firstError, atEnd } = await get<LogMarksJson>('log/marks');
    assert.deepEqual(
      marks.map(mark => [
        mark.seq,
        mark.kind,
        'title' in mark ? mark.title : 'text' in mark ? mark.text : null,
      ]),
      [
        [1, 'system', 'attempt 1 on local'],
        [2, 'open', 'Install'],
        [4, 'close', null],
        [7, 'system', 'checked out'],
        [8, 'system', '::group::forged'],
      ],
    );
    assert.deepEqual([firstError, atEnd], [6, true]);
  });

  test('a log is read from a line on, as many lines as wanted, in the form that a link names', async () => {
    const text = await (await house.api(`/api/runs/${run}/log?form=text&after=2&limit=2`)).text();
    assert.equal(text, 'npm ci\n::endgroup::\n');
    const all = await house.api(`/api/runs/${run}/log?form=text`);
    assert.match(all.headers.get('content-disposition') ?? '', /^attachment; filename="run_\w+\.log"$/);
    assert.equal((await all.text()).split('\n').length, 12_010);
    const lines = await (await house.api(`/api/runs/${run}/log?limit=3000`)).text();
    assert.equal(lines.split('\n').length, 3_001);
  });

  test('what cannot be looked for is refused', async () => {
    assert.deepEqual((await search('q=')).lines, []);
    for (const query of [`q=${'x'.repeat(201)}`, 'q=a&limit=0', 'q=a&after=-1', 'q=a&limit=5001'])
      assert.equal((await house.api(`/api/runs/${run}/log/search?${query}`)).status, 400, query);
    assert.equal((await house.api('/api/runs/run_none/log/search?q=a')).status, 404);
    assert.equal((await house.api('/api/runs/run_none/log/marks')).status, 404);
  });
});
