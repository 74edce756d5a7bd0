/** `npm test`: installs what the tests need, runs the check, then every test. Arguments narrow it to some test files. */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** A file whose process does not end by itself would hold up all: then the summary is written, which names it. */
const mostMs = 40 * 60_000;
/** Where more files fail than these, it is not the machine. */
const mostAgain = 3;

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit', timeout: mostMs }).status === 0;
}

/** Returns the files in which something failed; null where the run itself did not come to its end. */
function test(files: readonly string[], atOnce: number): readonly string[] | null {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-tests-'));
  const failed = join(directory, 'failed');
  try {
    const passed = run(
      'node',
      '--test',
      `--test-concurrency=${atOnce}`,
      // A test that hangs fails after two minutes.
      '--test-timeout=120000',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${join(import.meta.dirname, 'failed-files.ts')}`,
      `--test-reporter-destination=${failed}`,
      ...files,
    );
    const names = readFileSync(failed, 'utf8').split('\n').filter(Boolean);
    return passed ? [] : names.length > 0 ? names : null;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync(['{src,test,web}/**/*.test.ts']).sort();

const ready = run('sh', 'scripts/test-tools.sh') && run('node', 'scripts/web.ts');
const checked = wanted.length > 0 || run('node', 'scripts/check.ts');
// Two at a time: many suites start processes of their own.
let failed = ready ? test(files, 2) : null;
if (failed !== null && failed.length > 0 && failed.length <= mostAgain) {
  // What fails beside others and not alone is no proof against the change that is tested, but it has to be mended.
  const names = failed.map(file => relative('.', file)).join(', ');
  console.log(`\nsignalbox: once more, alone: ${names}\n`);
  failed = test(failed, 1);
  if (failed?.length === 0) console.log(`\nsignalbox: failed once, and passed when run alone: ${names}`);
}
process.exitCode = checked && failed?.length === 0 ? 0 : 1;
