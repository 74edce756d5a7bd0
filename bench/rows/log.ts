import { createWriteStream, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { byHand, type Signalbox, startSignalbox } from '../contenders/signalbox.ts';
import { createClient } from '../load/client.ts';
import { followFeed } from '../load/finished.ts';
import { emptyCall, secret } from '../payload.ts';
import { runToEnd } from '../process.ts';
import { atLeast, type Bench, type Figures, type Row } from '../row.ts';

/** What is printed again and again. */
const pieceMb = 8;

/** A child that prints as fast as it can: what it prints is stored, indexed, synced, and masked where there are secrets. */
export const log: Row = {
  name: 'log',
  title: 'What one child prints, lines of 100 bytes, into its log (cat: through a pipe into a file)',
  programs: [],
  lines: [
    { what: 'stored', unit: 'MB/s', figure: 'mbPerSecond', of: 'plain', against: 'cat', aim: atLeast(1) },
    {
      what: 'stored, with a secret to mask',
      unit: 'MB/s',
      figure: 'mbPerSecond',
      of: 'masked',
      against: 'cat',
      aim: atLeast(0.7),
    },
  ],
  async open(bench, opened) {
    const piece = join(bench.directory, 'piece.txt');
    await writePiece(piece);
    const pieces = Array.from({ length: Math.ceil(bench.printedMb / pieceMb) }, () => piece);
    const exec = JSON.stringify(['/bin/cat', ...pieces]);
    const server = opened.use(
      await startSignalbox(
        bench.directory,
        `limits: { log: 100GB }
secrets: { TOKEN: "\${env:BENCH_SECRET}" }
rules: [{ name: plain, on: manual, exec: ${exec} }, { name: masked, on: manual, secrets: TOKEN, exec: ${exec} }]`,
      ),
    );
    const bytes = pieces.length * statSync(piece).size;
    const out = join(bench.directory, 'cat.txt');
    return {
      plain: () => ours(server, 'plain', bytes),
      masked: () => ours(server, 'masked', bytes),
      cat: () => cat(bench, pieces, out, bytes),
    };
  },
};

async function ours(server: Signalbox, rule: string, bytes: number): Promise<Figures> {
  using client = createClient();
  await using feed = await followFeed(server);
  const { url, headers } = byHand(server, rule);
  const { body } = await client.post(url, headers, emptyCall);
  const { runs }: { runs: readonly string[] } = JSON.parse(body);
  const [run = ''] = runs;
  await feed.success(run);
  const told: { startedAt: string; finishedAt: string } = await server.api(`/api/runs/${run}`);
  const file = join(server.dataDirectory, 'data', 'logs', run.slice(-2), `${run}.log`);
  const kept = statSync(file).size;
  // Masking makes it shorter.
  if (kept < bytes * 0.99) throw new Error(`of ${bytes} bytes ${kept} have been kept`);
  rmSync(file);
  return rate(bytes, Date.parse(told.finishedAt) - Date.parse(told.startedAt));
}

async function cat(bench: Bench, pieces: readonly string[], out: string, bytes: number): Promise<Figures> {
  const since = performance.now();
  await runToEnd(
    ['/bin/sh', '-c', 'out=$1; shift; cat "$@" | cat >"$out"', 'sh', out, ...pieces],
    bench.signal,
  );
  const tookMs = performance.now() - since;
  if (statSync(out).size !== bytes) throw new Error(`${out} is not what was printed`);
  rmSync(out);
  return rate(bytes, tookMs);
}

const rate = (bytes: number, ms: number): Figures => ({ mbPerSecond: bytes / 1e6 / (ms / 1000) });

/** Lines as programs print them; now and then one that holds the secret. */
async function writePiece(file: string): Promise<void> {
  const stream = createWriteStream(file);
  const lines = (pieceMb * 1e6) / 100;
  for (let line = 0; line < lines; line += 1) {
    const text = line % 1000 === 999 ? `the token is ${secret}` : `step ${line} of ${lines}: all is well`;
    stream.write(`${text.padEnd(99, '.')}\n`);
  }
  stream.end();
  await finished(stream);
}
