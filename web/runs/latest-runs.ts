import type { RunSummary } from '../wire.ts';

/** Of the runs of one event: those that nobody has started again since. */
export function latestRuns(runs: readonly RunSummary[]): readonly RunSummary[] {
  const again = new Set(runs.map(({ rerunOf }) => rerunOf));
  return runs.filter(({ id }) => !again.has(id));
}
