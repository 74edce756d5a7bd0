import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIsolation } from '../../lib/isolation/isolation.ts';
import type { Tried } from '../../lib/isolation/try-out.ts';
import { type Finding, fine, warning } from './finding.ts';

/** Isolates a small program, as the server would. */
export async function checkIsolation(env: Readonly<Record<string, string | undefined>>): Promise<Finding> {
  const directory = join(tmpdir(), `signalbox-doctor-${randomUUID()}`);
  await using isolation = createIsolation({
    directory,
    hidden: () => ({ directories: [], files: [] }),
    environment: { PATH: env['PATH'] ?? '' },
  });
  return isolationFinding(await isolation.tried);
}

export function isolationFinding(tried: Tried): Finding {
  switch (tried.result) {
    case 'usable':
      return fine(
        'isolation',
        'works, as tried with a small program: patches from forks get it, and rules with "isolation: namespace"',
      );
    case 'unusable':
      return warning(
        'isolation',
        `does not work (${tried.reason}): patches from forks will end as "error", and every job that runs can read what signalbox keeps`,
        tried.mend,
      );
  }
}
