import type { Store } from '../../contracts/store.ts';
import type { Outcome, Run } from '../../domain/run.ts';

/** What is older says nothing about today. */
const mostRuns = 200;

/** How a rule stands on a branch. */
export interface RuleStanding {
  /** The latest run that came to an end of its own; null: there is none among the latest ones. */
  readonly last: { readonly run: Run; readonly outcome: Outcome; readonly finishedAt: number } | null;
  /** Whether one is under way, or about to be. */
  readonly isBusy: boolean;
}

/** Of a branch; null: of the repository's default branch, or of all where nobody knows it. */
export async function standingOf(
  store: Pick<Store, 'runs'>,
  rule: string,
  branch: string | null,
): Promise<RuleStanding> {
  const page = { limit: mostRuns, after: null };
  const { items } = await store.runs({ state: null, rule, event: null }, page);
  const its = items.filter(run => isOf(run, branch));
  const ended = its.flatMap(run =>
    run.status.state === 'finished' && saysSomething(run.status.outcome)
      ? [{ run, outcome: run.status.outcome, finishedAt: run.status.finishedAt }]
      : [],
  );
  return {
    last: ended[0] ?? null,
    isBusy: its.some(({ status }) => status.state === 'running' || status.state === 'queued'),
  };
}

function isOf({ plan }: Run, branch: string | null): boolean {
  const wanted = branch ?? plan.repo?.defaultBranch ?? null;
  const ref = plan.revision?.ref ?? null;
  return wanted === null || (branch === null && ref === null) || ref === `refs/heads/${wanted}`;
}

function saysSomething(outcome: Outcome): boolean {
  return outcome !== 'cancelled' && outcome !== 'superseded' && outcome !== 'skipped';
}
