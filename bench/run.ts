/**
 * Measures this checkout, and Debian's `webhook` beside it.
 *
 *   sh scripts/ready.sh node bench/run.ts [ROW…] [--seconds 5] [--repetitions 3] [--patience 30] [--json | --markdown]
 *
 * Contenders of a row take turns, so that a noisy moment meets all of them; every figure is the median. `--markdown`
 * puts the table into docs/performance.md instead of printing it.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { hasProgram, machine } from './machine.ts';
import { measure } from './measure.ts';
import { rows } from './rows.ts';
import { report, table } from './table.ts';
import { writeIntoDocs } from './write-into-docs.ts';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '5' },
    repetitions: { type: 'string', default: '3' },
    patience: { type: 'string', default: '30' },
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
  },
});
const unknown = wanted.filter(name => !rows.some(row => row.name === name));
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => interrupted.abort(new Error(`${name}: what was started is being ended`)));

const directory = mkdtempSync(join(tmpdir(), 'signalbox-bench-'));
try {
  if (unknown.length > 0)
    throw new Error(`no row "${unknown.join(', ')}": there are ${rows.map(({ name }) => name).join(', ')}`);
  const here = machine(directory);
  const repeated = {
    repetitions: Number(options.repetitions),
    patienceMs: Number(options.patience) * 1000,
  };
  const bench = {
    seconds: Number(options.seconds),
    warmUpSeconds: 1,
    manyEvents: 1_000_000,
    heldMb: 1024,
    printedMb: 1024,
    directory,
    signal: interrupted.signal,
  };
  const measured = [];
  for (const row of rows.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const missing = row.programs.filter(program => !hasProgram(program));
    if (missing.length > 0) {
      process.stderr.write(`${row.name}: left out, because ${missing.join(' and ')} is not installed\n`);
      continue;
    }
    process.stderr.write(`${row.name}: ${row.title}\n`);
    measured.push(await measure(row, bench, repeated));
  }
  if (options.json) process.stdout.write(`${JSON.stringify(report(here, measured), null, 2)}\n`);
  else if (options.markdown) writeIntoDocs(table(here, measured));
  else process.stdout.write(table(here, measured));
} catch (error) {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
