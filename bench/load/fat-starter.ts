/** Holds memory and starts one program after the other: `fat-starter.ts launcher|spawn SECONDS DIRECTORY MEGABYTES`. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { plainProgram } from '../../src/lib/launcher/job.ts';
import { createLauncher } from '../../src/lib/launcher/launcher.ts';

const [how, seconds, directory = '', megabytes] = process.argv.slice(2);
const atOnce = 8;
const program = '/bin/true';

await using launcher = createLauncher({
  directory: mkdtempSync(join(directory, 'launcher-')),
  warm: how === 'launcher' ? atOnce : 0,
});
const command = { ...plainProgram([program]), cwd: '/', env: {}, enclosure: undefined };

async function byLauncher(): Promise<void> {
  const started = await launcher.start(command, () => Promise.resolve());
  if (started.result === 'refused') throw new Error(started.reason);
  using job = started.job;
  const exit = await job.exited;
  await job.drained;
  if (exit.how !== 'exited' || exit.code !== 0) throw new Error(`${program} has failed`);
}

async function bySpawn(): Promise<void> {
  const child = spawn(program, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] });
  child.stdout.resume();
  child.stderr.resume();
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${program} has failed`);
}

const start = how === 'launcher' ? byLauncher : bySpawn;
await start();
const held = Buffer.alloc(Number(megabytes) * 1024 * 1024, 1);

const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const since = performance.now();
const until = since + Number(seconds) * 1000;
let count = 0;
await Promise.all(
  Array.from({ length: atOnce }, async () => {
    for (; performance.now() < until; count += 1) await start();
  }),
);
const perSecond = (count * 1000) / (performance.now() - since);
process.stdout.write(
  JSON.stringify({ perSecond, loopP99Ms: delay.percentile(99) / 1e6, heldMb: held.length / 1024 / 1024 }),
);
