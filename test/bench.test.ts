import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { judge, measure } from '../bench/measure.ts';
import { rows } from '../bench/rows.ts';

// How fast anything is, is not asked here: only whether it can still be measured. All at once, for it takes long enough.
describe('the benchmarks', { concurrency: true, timeout: 60_000 }, () => {
  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'signalbox-bench-'));
  });
  after(() => rm(directory, { recursive: true }));

  for (const row of rows)
    test(`${row.name} can be measured`, async ({ signal }) => {
      const load = { seconds: 0.5, warmUpSeconds: 0, manyEvents: 2000, heldMb: 16, printedMb: 8 };
      const measured = await measure(row, { ...load, directory, signal }, { repetitions: 1, patienceMs: 0 });
      for (const { line, ours, theirs } of judge(measured))
        for (const figures of [ours, ...(theirs === null ? [] : [theirs])]) {
          assert.equal(figures.length, 1, line.what);
          assert.ok(figures.every(Number.isFinite), line.what);
        }
    });
});
