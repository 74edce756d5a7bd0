import { hasFailed } from '../insights/points.ts';
import type { RunSummary } from '../wire.ts';

/** Of the runs of one event, newest first: those that failed, and that nobody has started again since. */
export function latestFailed(runs: readonly RunSummary[]): readonly RunSummary[] {
  const again = new Set(runs.map(({ rerunOf }) => rerunOf));
  return runs.filter(
    ({ id, outcome }) => outcome !== null && hasFailed({ outcome }) === true && !again.has(id),
  );
}
