import { resolvePath, type Surroundings } from '../lib/references.ts';
import type { Overrides } from './assemble.ts';
import type { HooksConfig } from './config.ts';
import type { WrittenHooks } from './schema-hooks.ts';

/** The section as the program uses it, with what the command line adds; null when there is neither. */
export function compileHooks(
  written: WrittenHooks | null,
  added: Overrides['hooks'],
  from: Surroundings,
): HooksConfig | null {
  if (written === null && added === undefined) return null;
  const here = { ...from, directory: process.cwd() };
  const fromRepository = written?.fromRepository;
  return {
    files: [
      ...(written?.files ?? []).map(file => resolvePath(file, from)),
      ...(added?.files ?? []).map(file => resolvePath(file, here)),
    ],
    checkout: written?.checkout ?? false,
    async: added?.async === true || (written?.async ?? false),
    fromRepository:
      fromRepository === undefined
        ? null
        : {
            repositories: fromRepository.repositories,
            branches: fromRepository.branches,
            secrets: fromRepository.secret,
          },
  };
}
