import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { runTool } from './run-tool.ts';

const options = { env: { PATH: process.env['PATH'] ?? '' }, cwd: '/' };

test('a program that cannot be called at all has failed', async () => {
  const told = await runTool(['echo', 'a\0b'], options, new AbortController().signal);
  assert.equal(told.result, 'failed');
  assert.deepEqual(await runTool(['no-such-tool-here'], options, new AbortController().signal), {
    result: 'missing',
  });
});

test('who is told to stop waits for nobody that has left and holds the output', {
  timeout: 20_000,
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-tool-'));
  const file = join(directory, 'pid');
  const stop = new AbortController();
  const script = `setsid sh -c 'echo $$ >${file}; exec sleep 60' & wait`;
  const call = runTool(['sh', '-c', script], options, stop.signal);
  const pid = await until(() => existsSync(file) && Number(readFileSync(file, 'utf8')));
  try {
    stop.abort();
    assert.equal((await call).result, 'failed');
  } finally {
    process.kill(pid);
    rmSync(directory, { recursive: true });
  }
});

async function until(find: () => number | false): Promise<number> {
  for (;;) {
    const found = find();
    if (found) return found;
    await sleep(5);
  }
}
