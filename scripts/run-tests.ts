import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Returns the files in which something failed; null where the run itself did not come to its end. */
export function runTests(
  files: readonly string[],
  options: { readonly atOnce: number; readonly mostMs: number; readonly stdio: 'inherit' | 'ignore' },
): readonly string[] | null {
  const directory = mkdtempSync(join(tmpdir(), 'signalbox-tests-'));
  const failed = join(directory, 'failed');
  try {
    const { status, error } = spawnSync(
      'node',
      [
        '--test',
        `--test-concurrency=${options.atOnce}`,
        // A test that hangs fails after two minutes.
        '--test-timeout=120000',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        `--test-reporter=${join(import.meta.dirname, 'failed-files.ts')}`,
        `--test-reporter-destination=${failed}`,
        ...files,
      ],
      { stdio: options.stdio, timeout: options.mostMs },
    );
    // When its time is over it has an exit code as well, for what it has seen by then.
    if (error !== undefined || status === null) return null;
    const names = readFileSync(failed, 'utf8').split('\n').filter(Boolean);
    return status === 0 ? [] : names.length > 0 ? names : null;
  } finally {
    rmSync(directory, { recursive: true });
  }
}
