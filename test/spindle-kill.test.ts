import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type Envelope, readEvents } from './support/tangled/strict-client.ts';

const program = fileURLToPath(import.meta.resolve('./support/tangled/busy-spindle.ts'));

interface Spindle {
  readonly url: string;
  kill(): Promise<void>;
}

async function start(directory: string, what: 'busy' | 'idle'): Promise<Spindle> {
  const child: ChildProcess = spawn(process.execPath, [program, directory, what], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(child, 'exit');
  assert.ok(child.stdout);
  const { value: url } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  return {
    url: String(url),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

test('A reader of announcements misses nothing and hears nothing twice, after whichever of them the server is killed', {
  timeout: 180_000,
}, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'signalbox-spindle-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const heard: Envelope[] = [];
  for (let round = 1; round <= 8; round++) {
    const spindle = await start(directory, 'busy');
    try {
      await using reader = await readEvents(spindle.url, heard.at(-1)?.created);
      heard.push(...(await reader.take(round)));
    } finally {
      await spindle.kill();
    }
  }

  const last = await start(directory, 'idle');
  try {
    await using reader = await readEvents(last.url, heard.at(-1)?.created);
    while (!isOver(heard)) heard.push(...(await reader.take(1)));
    await using whole = await readEvents(last.url);
    assert.deepEqual(await whole.take(heard.length), heard);
  } finally {
    await last.kill();
  }
  assert.equal(new Set(heard.map(({ nsid, rkey }) => `${nsid} ${rkey}`)).size, heard.length);
  assert.ok(heard.every(({ created }, index) => index === 0 || created > (heard[index - 1]?.created ?? 0n)));
  for (const statuses of byWorkflow(heard).values())
    assert.deepEqual(statuses, ['pending', 'running', 'success']);
});

/** Whether all that was begun has ended: two workflows for each pipeline. */
function isOver(heard: readonly Envelope[]): boolean {
  const pipelines = heard.filter(({ nsid }) => nsid === 'sh.tangled.pipeline').length;
  const ended = [...byWorkflow(heard).values()].filter(statuses => statuses.at(-1) === 'success').length;
  return pipelines > 0 && ended === 2 * pipelines;
}

function byWorkflow(heard: readonly Envelope[]): ReadonlyMap<string, readonly unknown[]> {
  const statuses = heard.filter(({ nsid }) => nsid === 'sh.tangled.pipeline.status');
  const workflows = Map.groupBy(statuses, ({ event }) =>
    JSON.stringify([event['pipeline'], event['workflow']]),
  );
  return new Map([...workflows].map(([name, its]) => [name, its.map(({ event }) => event['status'])]));
}
