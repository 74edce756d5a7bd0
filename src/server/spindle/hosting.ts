import type { RepoSecrets } from '../../contracts/repo-secrets.ts';
import type { SpindleCalls } from '../../contracts/spindle-calls.ts';

/** What a spindle does for those who call its methods. */
export interface SpindleHosting {
  readonly calls: SpindleCalls;
  readonly secrets: RepoSecrets;
}
