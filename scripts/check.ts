/** Everything that can be said about the code without running it, in seconds: format, lint, types, dead code, architecture. */
import { spawnSync } from 'node:child_process';

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'biome', 'ci', '--linter-enabled=false', '--colors=off', '--reporter=github', '.'],
  ['lint', 'oxlint', '--type-aware', '--quiet'],
  ['types', 'tsc'],
  ['types of the window', 'tsc', '--project', 'web'],
  ['dead code', 'knip'],
  ['architecture', 'node', '--test', 'test/architecture.test.ts'],
];
/** What is wrong first is what has to be mended first. */
const mostLines = 60;

let failed = false;
for (const [name, command, ...args] of checks) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (status === 0) continue;
  failed = true;
  process.stdout.write(`${`${stdout}${stderr}`.split('\n').slice(0, mostLines).join('\n')}\n`);
}
process.exitCode = failed ? 1 : 0;
