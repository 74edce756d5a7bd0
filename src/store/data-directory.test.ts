import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { SignalboxError } from '../domain/errors.ts';
import { claimDataDirectory } from './data-directory.ts';

let root = '';
before(async () => {
  root = await mkdtemp(join(tmpdir(), 'signalbox-claim-'));
});
after(() => rm(root, { recursive: true }));

/** Another process that takes a directory, says so, and stays. */
const claiming = `
  import { claimDataDirectory } from ${JSON.stringify(import.meta.resolve('./data-directory.ts'))};
  const claimed = await claimDataDirectory(process.argv[1]);
  console.log('mine');
  setInterval(() => claimed, 1000);
`;

test('A82: a directory has one owner, which is named; its death, however it comes, frees it', {
  timeout: 60_000,
}, async t => {
  const directory = join(root, 'some', 'where');
  const child = spawn(process.execPath, ['--input-type=module', '--eval', claiming, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.after(() => child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  await assert.rejects(claimDataDirectory(directory), (error: SignalboxError) => {
    assert.equal(error.code, 'unavailable');
    assert.match(
      error.message,
      new RegExp(`${directory} is in use by another signalbox \\(process ${child.pid}\\): stop that one`),
    );
    return true;
  });
  child.kill('SIGKILL');
  await once(child, 'close');
  {
    using _claimed = await claimDataDirectory(directory);
    await assert.rejects(claimDataDirectory(directory), { code: 'unavailable' });
  }
  using _again = await claimDataDirectory(directory);
});

test('a place that no directory can be made or written in is said at once', { timeout: 20_000 }, async () => {
  const directory = join(root, 'a-file');
  await writeFile(directory, 'a file');
  const below = join(directory, 'below');
  for (const [path, why] of [
    [directory, /cannot be made: there is a file of that name; choose/],
    [below, /cannot be made: its path leads through a file; choose/],
    ['/proc/nope/data', /cannot be made: nothing can be made there; choose/],
    ['/proc', /cannot be written \(unable to open database file\): check/],
  ] as const)
    await assert.rejects(claimDataDirectory(path), (error: SignalboxError) => {
      assert.equal(error.code, 'unavailable');
      assert.ok(error.message.startsWith(`the data directory ${path} `), error.message);
      assert.match(error.message, why);
      return true;
    });
});
