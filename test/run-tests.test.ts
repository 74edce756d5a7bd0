import assert from 'node:assert/strict';
import { mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { runTests } from '../scripts/run-tests.ts';

/** What `npm test` makes of how its tests end. */
describe('a run of the tests', { timeout: 100_000 }, () => {
  // Else node takes what it runs for a part of this test.
  delete process.env['NODE_TEST_CONTEXT'];

  test('tells the files in which something failed; one that was ended by the clock has seen too little for that', async () => {
    await using directory = await mkdtempDisposable(join(tmpdir(), 'signalbox-run-tests-'));
    const file = async (name: string, body: string) => {
      const path = join(directory.path, `${name}.test.mjs`);
      await writeFile(path, `import { test } from 'node:test';\ntest('${name}', () => { ${body} });\n`);
      return path;
    };
    const good = await file('good', '');
    const bad = await file('bad', "throw new Error('bad');");
    const endless = await file('endless', 'setInterval(() => {}, 1_000);');
    const patient = { atOnce: 1, mostMs: 60_000, stdio: 'ignore' } as const;
    assert.deepEqual(runTests([good], patient), []);
    assert.deepEqual(runTests([good, bad], patient), [bad]);
    assert.equal(runTests([bad, endless], { ...patient, mostMs: 5_000 }), null);
  });
});
