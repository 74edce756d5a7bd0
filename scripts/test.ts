/** `npm test`: installs what the tests need, runs the check, then every test. Arguments narrow it to some test files. */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';

/** A file whose process does not end by itself would hold up all: then the summary is written, which names it. */
const mostMs = 40 * 60_000;

function run(command: string, ...args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'inherit', timeout: mostMs }).status === 0;
}

const wanted = process.argv.slice(2);
const files = wanted.length > 0 ? wanted : globSync(['{src,test,web}/**/*.test.ts']).sort();

const ready = run('sh', 'scripts/test-tools.sh') && run('node', 'scripts/web.ts');
const checked = wanted.length > 0 || run('node', 'scripts/check.ts');
// Two at a time: many suites start processes of their own. A test that hangs fails after two minutes.
const passed = ready && run('node', '--test', '--test-concurrency=2', '--test-timeout=120000', ...files);
process.exitCode = checked && passed ? 0 : 1;
