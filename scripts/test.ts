/** `npm test`: installs what the tests need, runs the check, then every test. Arguments narrow it to some test files. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { relative } from 'node:path';
import { runTests } from './run-tests.ts';

/** A file whose process does not end by itself would hold up all: then the summary is written, which names it. */
const mostMs = 40 * 60_000;
/** Where more files fail than these, it is not the machine. */
const mostAgain = 3;
const stdio = 'inherit';

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio, timeout: mostMs }).status === 0;
}

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync(['{src,test,web}/**/*.test.ts']).sort();

const ready = run('sh', 'scripts/test-tools.sh') && run('node', 'scripts/web.ts');
const checked = wanted.length > 0 || run('node', 'scripts/check.ts');
// Two at a time: many suites start processes of their own.
let failed = ready ? runTests(files, { atOnce: 2, mostMs, stdio }) : null;
if (failed !== null && failed.length > 0 && failed.length <= mostAgain) {
  // What fails beside others and not alone is no proof against the change that is tested, but it has to be mended.
  const names = failed.map(file => relative('.', file)).join(', ');
  console.log(`\nsignalbox: once more, alone: ${names}\n`);
  failed = runTests(failed, { atOnce: 1, mostMs, stdio });
  if (failed?.length === 0) console.log(`\nsignalbox: failed once, and passed when run alone: ${names}`);
}
process.exitCode = checked && failed?.length === 0 ? 0 : 1;
