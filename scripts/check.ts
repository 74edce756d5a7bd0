/** Everything that can be said about the code without running it, in seconds: format, lint, types, dead code, architecture. */
import { spawnSync } from 'node:child_process';

const checks: readonly (readonly [name: string, command: string, ...args: string[]])[] = [
  ['format', 'biome', 'ci', '--linter-enabled=false', '--log-level=warn', '.'],
  ['lint', 'oxlint', '--type-aware', '--quiet'],
  ['types', 'tsc'],
  ['dead code', 'knip'],
  ['architecture', 'node', '--test', '--test-reporter=dot', 'test/architecture.test.ts'],
];

let failed = false;
for (const [name, command, ...args] of checks) {
  const startedAt = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', shell: false });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${status === 0 ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (status === 0) continue;
  failed = true;
  process.stdout.write(`${stdout}${stderr}\n`);
}
process.exitCode = failed ? 1 : 0;
